import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange, type Hashes, pairs } from './exchange.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
/** Every order with a gibibyte each way takes minutes: DESKTOP_EXCHANGE_BYTES=1073741824. */
const asked = Number(process.env.DESKTOP_EXCHANGE_BYTES ?? 0)
const timeout = 240_000

/** A gibibyte for the order that has it, else more than all the buffers on the way hold. */
const bytesOf = (isLarge: boolean): number => asked || (isLarge ? 1 << 30 : 16 << 20)

/** Every order in which two ends can close, dialled from either side. */
describe.skipIf(!canHaveGuest)("bytes to and from Linux's own stack (needs root and /dev/net/tun)", () => {
  let guest: LinuxGuest

  beforeAll(async () => {
    guest = await startGuest()
  })

  afterAll(async () => {
    await guest?.[Symbol.asyncDispose]()
  })

  test.each(pairs)(
    'the guest dials and sends %s, the host %s: both ends get what the other sent',
    async (ofGuests, ofHosts) => {
      const bytes = bytesOf(ofGuests === 'first' && ofHosts === 'last')
      const { promise: ofHost, resolve, reject } = Promise.withResolvers<Hashes>()
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        exchange(socket, ofHosts, bytes).then(resolve, reject)
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const port = `${(server.address() as AddressInfo).port}`
      const args = ['exchange', guest.network.host, port, ofGuests, `${bytes}`]
      const ofGuest: Hashes = JSON.parse(await guest.run(process.execPath, script, ...args))
      const { sent, got } = await ofHost
      expect(ofGuest).toEqual({ sent: got, got: sent })
      server.close()
    },
    timeout,
  )

  test.each(pairs)(
    'the host dials and sends %s, the guest %s: both ends get what the other sent',
    async (ofHosts, ofGuests) => {
      const bytes = bytesOf(ofHosts === 'both' && ofGuests === 'both')
      const port = 17_020 + pairs.findIndex(([a, b]) => a === ofHosts && b === ofGuests)
      // Of our own, so that no other run of the tests has the port.
      const host = `127.78.${(process.pid >> 8) & 255}.${process.pid & 255}`
      const server = guest.start(process.execPath, script, 'exchange-server', '7001', ofGuests, `${bytes}`)
      await once(server.stdout!, 'data')
      const [state] = await guest.forwarder.setPorts('config', [
        {
          id: 'x',
          protocol: 'tcp',
          listen: { kind: 'inet', address: host, port },
          guest: { address: guest.network.address, port: 7001 },
        },
      ])
      expect(state?.state).toBe('listening')
      const line = once(server.stdout!, 'data')
      const { sent, got } = await exchange(connect({ port, host, allowHalfOpen: true }), ofHosts, bytes)
      expect(JSON.parse(String((await line)[0]))).toEqual({ sent: got, got: sent })
      server.kill()
    },
    timeout,
  )
})

describe.skipIf(!canHaveGuest)('a guest that loses frames (needs root and /dev/net/tun)', () => {
  test.each([1, 5])(
    'with %i percent of the frames lost, late and doubled, bytes arrive whole in both directions',
    async (faults) => {
      await using guest = await startGuest({ faults })
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        void exchange(socket, 'both', 1_000_000).then(resolve, reject)
      })
      const { promise: ofHost, resolve, reject } = Promise.withResolvers<Hashes>()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const port = `${(server.address() as AddressInfo).port}`
      const args = ['exchange', guest.network.host, port, 'both', '1000000']
      const ofGuest: Hashes = JSON.parse(await guest.run(process.execPath, script, ...args))
      const { sent, got } = await ofHost
      expect(ofGuest).toEqual({ sent: got, got: sent })
      server.close()
    },
    60_000,
  )
})
