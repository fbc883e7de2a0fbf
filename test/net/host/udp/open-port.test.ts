import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { SocketAddress } from '../../../../src/net/host/sockaddr.ts'
import { openUdpPort } from '../../../../src/net/host/udp/open-port.ts'
import type { UdpPort } from '../../../../src/net/host/udp/port.ts'
import { Lab } from '../../../support/net/lab.ts'

interface Received {
  bytes: Uint8Array
  from: SocketAddress
}

function newPump(kind: 'direct' | 'node'): EventLoop {
  const loop = new EventLoop(new Lab().stack)
  if (kind === 'direct') return loop
  loop.readiness?.[Symbol.dispose]()
  return Object.defineProperty(loop, 'readiness', { value: undefined })
}

/** A port bound to an address, the datagrams that it received, and its name. */
async function openAt(loop: EventLoop, address: string, number: number) {
  const received: Received[] = []
  const failures: number[] = []
  const name = SocketAddress.from(address, number)!
  const port = openUdpPort(loop, name, {
    received: (bytes, start, end, from) =>
      received.push({ bytes: bytes.slice(start, end), from: from.copy() }),
    failed: (errno) => failures.push(errno),
  })
  await port.bound
  return { port, received, failures, name }
}

function send(loop: EventLoop, port: UdpPort, to: SocketAddress, ...datagrams: Uint8Array[]): void {
  loop.begin()
  for (const bytes of datagrams) port.send(bytes, 0, bytes.length, to)
  loop.end()
}

const ofBytes = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 255)

/** Unique per process, so that concurrent test runs do not compete for ports. */
const loopback = `127.79.${(process.pid >> 8) & 255}.${process.pid & 255}`

const digest = (bytes: Uint8Array): string =>
  `${bytes.length} ${createHash('sha1').update(bytes).digest('hex')}`

describe.each(['direct', 'node'] as const)('a %s socket', (kind) => {
  test.each([loopback, '::1'])(
    'datagrams of all sizes over %s arrive whole, from who sent them',
    async (address) => {
      const loop = newPump(kind)
      const from = await openAt(loop, address, 20_000 + (process.pid % 10_000))
      const to = await openAt(loop, address, 20_000 + ((process.pid + 1) % 10_000))
      const sizes = [0, 1, 1472, 1472, 1472, 700, 1472, 9000, 65_507, 65_507, 3]
      const sent = sizes.map((bytes, i) => ofBytes(bytes, i))
      send(loop, from.port, to.name, ...sent)
      await expect.poll(() => to.received.length).toBe(sent.length)
      expect(to.received.map(({ bytes }) => digest(bytes))).toEqual(sent.map(digest))
      for (const { from: name } of to.received) expect(name.equals(from.name)).toBe(true)
      from.port[Symbol.dispose]()
      to.port[Symbol.dispose]()
      loop.close()
    },
  )

  test('each destination of a burst gets its own datagrams, in order', async () => {
    const loop = newPump(kind)
    const from = await openAt(loop, loopback, 17_312)
    const targets = await Promise.all([0, 1, 2].map((i) => openAt(loop, loopback, 17_313 + i)))
    loop.begin()
    for (let i = 0; i < 300; i += 1) {
      // Runs to one destination, with occasional changes of the size.
      const target = targets[(i >> 2) % 3]!
      const bytes = ofBytes(i % 11 === 0 ? 20 : 100, i)
      from.port.send(bytes, 0, bytes.length, target.name)
    }
    loop.end()
    await expect.poll(() => targets.map(({ received }) => received.length)).toEqual([100, 100, 100])
    for (const [at, { received }] of targets.entries()) {
      const wanted = Array.from({ length: 300 }, (_, i) => i).filter((i) => (i >> 2) % 3 === at)
      expect(received.map(({ bytes }) => bytes[0])).toEqual(wanted.map((i) => i & 255))
    }
    for (const { port } of [from, ...targets]) port[Symbol.dispose]()
    loop.close()
  })

  test('an address in use fails with EADDRINUSE', async () => {
    const loop = newPump(kind)
    const first = await openAt(loop, loopback, 17_316)
    await expect(openAt(loop, loopback, 17_316)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    first.port[Symbol.dispose]()
    const again = await openAt(loop, loopback, 17_316)
    again.port[Symbol.dispose]()
    loop.close()
  })
})

test('queued datagrams are sent before the socket closes', async () => {
  const loop = newPump('direct')
  const to = await openAt(loop, loopback, 17_317)
  const from = await openAt(loop, loopback, 0)
  from.port.send(ofBytes(5, 1), 0, 5, to.name)
  from.port[Symbol.dispose]()
  await expect.poll(() => to.received.length).toBe(1)
  to.port[Symbol.dispose]()
  loop.close()
})

test('sockets that close each other while they are read do not affect others', async () => {
  const loop = newPump('direct')
  const ports: UdpPort[] = []
  const seen: number[] = []
  const names = [17_320, 17_321, 17_322].map((port) => SocketAddress.from(loopback, port)!)
  for (const [i, name] of names.entries()) {
    ports.push(
      openUdpPort(loop, name, {
        received: () => {
          seen.push(i)
          if (i < 2) ports[1 - i]![Symbol.dispose]()
        },
        failed: () => {},
      }),
    )
  }
  const from = await openAt(loop, loopback, 0)
  for (const name of names) send(loop, from.port, name, ofBytes(1, 0), ofBytes(1, 1))
  await expect.poll(() => seen.filter((i) => i === 2).length).toBe(2)
  expect(new Set(seen.filter((i) => i < 2)).size).toBe(1)
  for (const port of [...ports, from.port]) port[Symbol.dispose]()
  loop.close()
})
