/** IPv6 with a Linux guest and frame loss. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { script, settled } from './ipv6-guest.ts'
import { canHaveGuest, startGuest } from './linux-guest.ts'
import { hasIpv6 } from './outside.ts'

describe.skipIf(!canHaveGuest || !hasIpv6)('IPv6 with a guest that loses frames (needs root)', () => {
  test('a stream arrives complete when 2 % of the frames are lost, delayed and duplicated', async () => {
    await using guest = await startGuest({ ipv6: true, faults: 2 })
    const { host } = guest.network.ipv6!
    await settled(guest)
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '::1')
    await once(server, 'listening')
    const port = `${(server.address() as AddressInfo).port}`
    const result = JSON.parse(
      await guest.run(process.execPath, script, 'send-then-read', host, port, '2000000'),
    )
    expect(result.got).toBe(result.sent)
    server.close()
  })
})
