/**
 * A server behind the guest, routed by Linux, with a path narrower than the link, as behind a container bridge.
 */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
const server = '192.168.65.9'
const port = 17_040

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })
const inside = (space: string, ...args: string[]) => ip('netns', 'exec', space, ...args)

describe.skipIf(!canHaveGuest)('behind a hop of 1280 bytes (needs root and /dev/net/tun)', () => {
  let guest: LinuxGuest
  let space: string
  let echo: ChildProcess

  beforeAll(async () => {
    guest = await startGuest({ mtu: 65_520 })
    space = `${guest.namespace}-far`
    ip('netns', 'add', space)
    const within = ['-n', guest.namespace]
    ip(...within, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', space)
    ip(...within, 'link', 'set', 'near', 'up')
    ip('-n', space, 'link', 'set', 'far', 'up')
    ip('-n', space, 'link', 'set', 'lo', 'up')
    ip('-n', space, 'addr', 'add', `${server}/32`, 'dev', 'far')
    ip('-n', space, 'route', 'add', 'default', 'dev', 'far')
    // The server does not know the narrow path: its MSS is larger.
    ip(...within, 'route', 'add', server, 'dev', 'near', 'mtu', 'lock', '1280')
    inside(guest.namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.proxy_arp=1')
  })

  afterAll(async () => {
    const ended = once(echo, 'exit')
    echo.kill()
    await ended
    ip('netns', 'del', space)
    await guest[Symbol.asyncDispose]()
  })

  test('a mapped port transfers bulk data and datagrams of every size, in both directions', async () => {
    echo = guest.start('ip', 'netns', 'exec', space, process.execPath, script, 'echo', '7000')
    await once(echo.stdout!, 'data')
    const to = { address: server, port: 7000 }
    const listen = { kind: 'inet', address: '127.0.0.1', port } as const
    await guest.forwarder.setPorts('config', [
      { id: 't', protocol: 'tcp', listen, guest: to },
      { id: 'u', protocol: 'udp', listen, guest: to },
    ])
    const bytes = 2_000_000
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    let back = 0
    socket.on('data', (chunk) => {
      back += chunk.length
    })
    socket.end(Buffer.alloc(bytes, 7))
    await once(socket, 'end')
    expect(back).toBe(bytes)
    for (const size of [1200, 1253, 1472, 1473, 4000, 65_000]) {
      const client = createSocket('udp4')
      client.connect(port, '127.0.0.1')
      await once(client, 'connect')
      client.send(Buffer.alloc(size, 'x'))
      const [message] = (await once(client, 'message')) as [Buffer]
      expect(message.length).toBe(size)
      client.close()
    }
  })
})
