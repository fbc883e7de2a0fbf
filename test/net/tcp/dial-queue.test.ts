import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RingPool } from '../../../src/net/storage/ring-pool.ts'
import { TcpConnection } from '../../../src/net/tcp/connection.ts'
import { DialQueue } from '../../../src/net/tcp/dial-queue.ts'
import { RecentDestinations } from '../../../src/net/tcp/recent-destinations.ts'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { guestAddress } from '../../support/net/lab.ts'

const pool = new RingPool()
const neighbour = { address: guestAddress } as TcpConnection['neighbour']

function dialTo(address: number, guestPort = 0): TcpConnection {
  const flow = { guestAddress, guestPort, address, port: 80 }
  return new TcpConnection(flow, { neighbour, header6: undefined }, true, pool)
}

/** Addresses in different networks. */
const elsewhere = (i: number): number => parseIpv4('11.0.0.1') + 256 * i

const good = parseIpv4('93.184.216.34')

/** Number of dials started before the one to that address. */
function waitOf(queue: DialQueue, address: number): number {
  for (let before = 0; ; before += 1) {
    const c = queue.take()
    if (c === undefined) throw new Error('it was not in the queue')
    if (c.address === address) return before
  }
}

test('for any additions and removals, each dial starts once, and those to one address in order', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 40 }), spread: fc.constantFrom(1, 100, 256) }),
    fc.record({ take: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ answered: fc.integer({ min: 0, max: 40 }), spread: fc.constantFrom(1, 100, 256) }),
    fc.record({ silent: fc.integer({ min: 0, max: 40 }), spread: fc.constantFrom(1, 100, 256) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const recent = new RecentDestinations()
      const queue = new DialQueue(recent)
      const lastOf = new Map<number, number>()
      let added = 0
      let taken = 0
      const take = (): boolean => {
        const c = queue.take()
        if (c === undefined) return false
        taken += 1
        expect(c.guestPort).toBeGreaterThan(lastOf.get(c.address) ?? 0)
        lastOf.set(c.address, c.guestPort)
        expect(queue.size).toBe(added - taken)
        return true
      }
      for (const one of steps) {
        if ('add' in one) {
          added += 1
          queue.add(dialTo(one.add * one.spread, added))
        } else if ('answered' in one) recent.answered(one.answered * one.spread)
        else if ('silent' in one) recent.wasSilent(one.silent * one.spread)
        else for (let i = 0; i < one.take; i += 1) take()
      }
      while (queue.size > 0) expect(take()).toBe(true)
      expect(taken).toBe(added)
      expect(queue.take()).toBeUndefined()
    }),
  )
})

const floods: readonly [string, (i: number) => number][] = [
  ['one address', () => elsewhere(0)],
  ['ever new addresses of one network', (i) => elsewhere(0) + (i % 250)],
  ['ever new addresses side by side', (i) => elsewhere(0) + i],
  ['ever new networks', elsewhere],
]

test.each(floods)(
  'behind a flood over %s, an address that answered lately has the next turn but one',
  (_, at) => {
    const recent = new RecentDestinations()
    const queue = new DialQueue(recent)
    recent.answered(good)
    for (let i = 0; i < 10_000; i += 1) queue.add(dialTo(at(i)))
    for (let i = 0; i < 7; i += 1) queue.take()
    queue.add(dialTo(good))
    for (let i = 0; i < 500; i += 1) queue.add(dialTo(at(10_000 + i)))
    expect(waitOf(queue, good)).toBeLessThanOrEqual(1)
  },
)

test.each(floods)('behind a flood over %s, a new address is among the next three dials', (_, at) => {
  const queue = new DialQueue(new RecentDestinations())
  for (let i = 0; i < 10_000; i += 1) queue.add(dialTo(at(i)))
  for (let i = 0; i < 7; i += 1) queue.take()
  queue.add(dialTo(good))
  expect(waitOf(queue, good)).toBeLessThanOrEqual(2)
})

test('a continuous flood over one network delays a new address outside by a few turns', () => {
  const queue = new DialQueue(new RecentDestinations())
  for (let i = 0; i < 5000; i += 1) queue.add(dialTo(elsewhere(0) + i))
  queue.add(dialTo(good))
  for (let i = 0; i < 5000; i += 1) queue.add(dialTo(elsewhere(0) + 5000 + i))
  // Only networks of the flood that came later can precede it.
  expect(waitOf(queue, good)).toBeLessThanOrEqual(3 * Math.ceil(5000 / 256))
})

test.each(floods)('the oldest dial starts during an endless flood over %s', (_, at) => {
  const queue = new DialQueue(new RecentDestinations())
  for (let i = 0; i < 100; i += 1) queue.add(dialTo(elsewhere(50_000 + i)))
  const last = elsewhere(50_099)
  let begun: number | undefined
  for (let i = 0; i < 1000 && begun !== last; i += 1) {
    queue.add(dialTo(at(i)))
    begun = queue.take()?.address
  }
  expect(begun).toBe(last)
})

test('a flood to an address that answered once leaves every second turn to the others', () => {
  const recent = new RecentDestinations()
  const queue = new DialQueue(recent)
  recent.answered(good)
  for (let i = 0; i < 1000; i += 1) queue.add(dialTo(good))
  for (let i = 0; i < 100; i += 1) queue.add(dialTo(elsewhere(i)))
  const begun = Array.from({ length: 200 }, () => queue.take()!.address)
  expect(begun.filter((address) => address !== good)).toHaveLength(100)
})

test('the list of destinations that answered is bounded, and keeps the latest', () => {
  const recent = new RecentDestinations()
  for (let i = 0; i < 5000; i += 1) {
    recent.answered(i)
    recent.answered(0)
  }
  const known = Array.from({ length: 5000 }, (_, i) => i).filter((i) => recent.has(i))
  expect(known).toEqual([0, ...Array.from({ length: 4095 }, (_, i) => 905 + i)])
})
