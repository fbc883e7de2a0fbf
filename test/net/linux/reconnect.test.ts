import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { freePorts } from '../../support/free-ports.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')

async function leased(guest: LinuxGuest): Promise<void> {
  await guest.run('udhcpc', '-f', '-q', '-n', '-i', 'tap0', '-s', '/bin/true')
}

describe.skipIf(!canHaveGuest).each(['qemu', 'vpnkit'] as const)(
  'a %s link that is dropped and comes back (needs root and /dev/net/tun)',
  (link) => {
    test('keeps leases, mappings, and connections in both directions without data loss', async () => {
      await using guest = await startGuest({ link })
      await leased(guest)
      const leases = guest.forwarder.exportLeases()
      expect(leases).toMatchObject([{ mac: '02:50:00:00:00:01', state: 'bound' }])

      // From the guest: 8 MiB to the host and back, while the link disconnects twice.
      const seen = createHash('sha256')
      let bytes = 0
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('data', (chunk) => {
          seen.update(chunk)
          bytes += chunk.length
        })
        socket.pipe(socket)
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const size = 8 * 1024 * 1024
      const sending = guest.run(
        process.execPath,
        script,
        'send-then-read',
        guest.network.host,
        `${port}`,
        `${size}`,
      )

      // From the host: a connection through a mapping, open throughout.
      const listen = { kind: 'inet', address: '127.0.0.1', port: 0 } as const
      const [mapped = 0] = await freePorts(1)
      const echo = guest.start(process.execPath, script, 'echo', '7000')
      await once(echo.stdout!, 'data')
      const to = { address: guest.network.address, port: 7000 }
      const mapping = { id: 'echo', protocol: 'tcp', listen: { ...listen, port: mapped }, guest: to } as const
      expect(await guest.forwarder.setPorts('config', [mapping])).toMatchObject([{ state: 'listening' }])
      const held = connect(mapped, '127.0.0.1')
      await says(held, 'before')

      for (const part of [1, 2]) {
        await vi.waitFor(() => expect(bytes).toBeGreaterThan((part * size) / 4), { timeout: 60_000 })
        await guest.reconnect()
      }

      await says(held, 'after')
      const result = JSON.parse(await sending) as { sent: string; got: string }
      expect(result).toEqual({ sent: seen.digest('hex'), got: result.sent })
      expect(bytes).toBe(size)
      expect(guest.forwarder.exportLeases()).toEqual(leases)
      expect(guest.forwarder.ports()).toMatchObject([{ id: 'echo', state: 'listening' }])
      const fresh = connect(mapped, '127.0.0.1')
      await says(fresh, 'new')
      fresh.destroy()
      held.destroy()
      echo.kill()
      server.close()
    }, 120_000)
  },
)

/** Sends a text and waits for its echo. */
async function says(socket: Socket, text: string): Promise<void> {
  let heard = ''
  const read = (chunk: Buffer): void => {
    heard += chunk
  }
  socket.on('data', read).write(text)
  await vi.waitFor(() => expect(heard).toBe(text), { timeout: 20_000 })
  socket.off('data', read)
}
