import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange, type Hashes, type Pair, pairs } from './exchange.ts'
import { canHaveGuest, type LinuxGuest, startGuest } from './linux-guest.ts'

const script = join(import.meta.dirname, 'guest-script.ts')
/** More than all buffers together; configurable, e.g. DESKTOP_EXCHANGE_BYTES=1073741824. */
const bytes = Number(process.env.DESKTOP_EXCHANGE_BYTES ?? 16 << 20)
const timeout = 240_000

/** The guest dials a server in this process. */
async function guestDials(guest: LinuxGuest, [ofGuests, ofHosts]: Pair, bytes: number): Promise<void> {
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
}

/** This process dials a server in the guest by a mapped port. */
async function hostDials(guest: LinuxGuest, [ofHosts, ofGuests]: Pair, bytes: number): Promise<void> {
  const port = 17_020 + pairs.findIndex(([a, b]) => a === ofHosts && b === ofGuests)
  // Unique per process, so that concurrent test runs do not compete for the port.
  const host = `127.78.${(process.pid >> 8) & 255}.${process.pid & 255}`
  const args = ['exchange-server', '7001', ofGuests, `${bytes}`]
  const server = guest.start(process.execPath, script, ...args)
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
}

/** All orders in which both ends can close, dialled from either side. */
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
    async (...pair) => await guestDials(guest, pair, bytes),
    timeout,
  )

  test.each(pairs)(
    'the host dials and sends %s, the guest %s: both ends get what the other sent',
    async (...pair) => await hostDials(guest, pair, bytes),
    timeout,
  )
})

describe.skipIf(!canHaveGuest)(
  'a reset behind bytes (needs root and /dev/net/tun)',
  { timeout: 60_000 },
  () => {
    test.each([0, 3])(
      'with %i percent of the frames lost: the guest gets all that the host sent, then the reset',
      async (faults) => {
        await using guest = await startGuest({ faults })
        const size = 60_000
        const server = createServer((socket) => {
          // No more than fits in the forwarder's receive buffer, where it stays readable despite the reset.
          socket.write(Buffer.alloc(size), () => socket.resetAndDestroy())
        })
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const { port } = server.address() as AddressInfo
        const seen = await guest.run(process.execPath, script, 'read-all', guest.network.host, `${port}`)
        expect(JSON.parse(seen)).toEqual({ bytes: size, end: 'ECONNRESET' })
        server.close()
      },
    )
  },
)

describe.skipIf(!canHaveGuest)('256 MiB each way (needs root and /dev/net/tun)', { timeout }, () => {
  test('the guest dials, sends and closes; the host responds', async () => {
    await using guest = await startGuest({ mtu: 9000 })
    await guestDials(guest, ['first', 'last'], 1 << 28)
  })

  test('the host dials, and both send concurrently', async () => {
    await using guest = await startGuest({ mtu: 65_520 })
    await hostDials(guest, ['both', 'both'], 1 << 28)
  })
})

describe.skipIf(!canHaveGuest)(
  'a guest that loses frames (needs root and /dev/net/tun)',
  { timeout: 60_000 },
  () => {
    test.each([
      [1, 1500],
      [5, 1500],
      [5, 65_520],
    ])(
      'with %i percent of the frames lost, late and doubled at MTU %i, bytes arrive whole in both directions',
      async (faults, mtu) => {
        await using guest = await startGuest({ faults, mtu })
        for (const pair of pairs) {
          await guestDials(guest, pair, 1_000_000)
          await hostDials(guest, pair, 1_000_000)
        }
      },
    )
  },
)
