import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canHaveGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')

describe.skipIf(!canHaveGuest)("a guest with Linux's own stack (needs root and /dev/net/tun)", () => {
  test('gets the first datagram of a mapped port before it has sent anything over IPv4', async () => {
    await using guest = await startGuest()
    const echo = guest.start(process.execPath, script, 'echo', '7000')
    await once(echo.stdout!, 'data')
    await guest.forwarder.setPorts('config', [
      {
        id: 'u',
        protocol: 'udp',
        listen: { kind: 'inet', address: '127.0.0.1', port: 17_031 },
        guest: { address: guest.network.address, port: 7000 },
      },
    ])
    const udp = createSocket('udp4')
    udp.send('first', 17_031, '127.0.0.1')
    const [message] = (await once(udp, 'message')) as [Buffer]
    expect(message.toString()).toBe('first')
    expect(guest.forwarder.counters()).toMatchObject({ unroutable: 0 })
    udp.close()
    echo.kill()
    await once(echo, 'exit')
  })
})
