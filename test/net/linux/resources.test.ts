import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PortMapping } from '../../../src/config/desired.ts'
import { canHaveGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
const descriptors = (): number => readdirSync('/proc/self/fd').length

describe.skipIf(!canHaveGuest)(
  'what flows take is given back (needs root and /dev/net/tun)',
  { timeout: 60_000 },
  () => {
    test('descriptors of 500 connections are released when the guest closes them, and no flow remains', async () => {
      await using guest = await startGuest()
      const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const before = descriptors()
      const child = guest.start(process.execPath, script, 'hold', guest.network.host, `${port}`, '500')
      await once(child.stdout!, 'data')
      // Both ends of each connection are in this process.
      await expect.poll(descriptors, { timeout: 10_000 }).toBeGreaterThanOrEqual(before + 1000)
      child.stdin!.end()
      await once(child, 'exit')
      await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 1)
      const rest = () => guest.forwarder.flows().filter(({ state }) => state !== 'TIME-WAIT')
      await expect.poll(rest, { timeout: 10_000 }).toEqual([])
      server.close()
    })

    test('a thousand mappings in one call all listen, and release their descriptors in the next', async () => {
      await using guest = await startGuest()
      const before = descriptors()
      // A unique loopback address, so that no other test uses these ports.
      const address = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}`
      const mappings = Array.from({ length: 1000 }, (_, i): PortMapping => {
        const listen = { kind: 'inet', address, port: 20_000 + (i >> 1) } as const
        const to = { address: guest.network.address, port: 80 }
        return { id: `m${i}`, protocol: i % 2 === 0 ? 'tcp' : 'udp', listen, guest: to }
      })
      const states = await guest.forwarder.setPorts('config', mappings)
      expect(states.filter(({ state }) => state !== 'listening')).toEqual([])
      expect(descriptors() - before).toBeGreaterThanOrEqual(1000)
      const kept = await guest.forwarder.setPorts('config', mappings.slice(0, 10))
      expect(kept).toHaveLength(10)
      expect(await guest.forwarder.setPorts('config', [])).toEqual([])
      await expect.poll(descriptors, { timeout: 10_000 }).toBe(before)
    })

    test('replies reach each of 300 clients of a mapped UDP port, and each of 300 sockets of the guest', async () => {
      await using guest = await startGuest()
      const { address } = guest.network
      const listen = { kind: 'inet', address: '127.0.0.1', port: 20_000 + (process.pid % 10_000) } as const
      await guest.forwarder.setPorts('config', [
        { id: 'u', protocol: 'udp', listen, guest: { address, port: 7000 } },
      ])
      const echo = guest.start(process.execPath, script, 'echo', '7000')
      await once(echo.stdout!, 'data')
      const before = descriptors()
      // From the guest to the host's loopback, where the mapping listens, and back to the guest.
      const args = ['datagrams', guest.network.host, `${listen.port}`, '300']
      expect((await guest.run(process.execPath, script, ...args)).trim()).toBe('300')
      expect(descriptors()).toBeGreaterThanOrEqual(before + 300)
      expect(guest.forwarder.ports()).toMatchObject([{ flows: 300 }])
      echo.kill()
      await guest.restart()
      await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThan(before)
    })

    test('a restarted forwarder serves the same guest, whose old connections end immediately', async () => {
      await using guest = await startGuest()
      const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      // The program only reads, so it would not detect the restart itself.
      const args = ['exchange', guest.network.host, `${port}`, 'last', '1']
      const old = guest.run(process.execPath, script, ...args)
      const states = () => guest.forwarder.flows().map(({ state }) => state)
      await expect.poll(states, { timeout: 10_000 }).toEqual(['ESTABLISHED'])
      await guest.restart()
      expect((await old).trim()).toBe('{"error":"ECONNRESET"}')
      expect(await guest.run('ping', '-c1', '-W2', guest.network.gateway)).toContain('1 received')
      const hold = guest.start(process.execPath, script, 'hold', guest.network.host, `${port}`, '3')
      await once(hold.stdout!, 'data')
      hold.stdin!.end()
      await once(hold, 'exit')
      server.close()
    })
  },
)
