import { expect, test } from 'vitest'
import { RingPool } from '../../../src/net/storage/ring-pool.ts'
import { TcpConnection } from '../../../src/net/tcp/connection.ts'
import { Dials } from '../../../src/net/tcp/dials.ts'
import { RecentDestinations } from '../../../src/net/tcp/recent-destinations.ts'
import { formatIpv4 } from '../../../src/net/wire/addresses.ts'
import { flow, guestAddress, Lab, network } from '../../support/net/lab.ts'
import { tcpFrame } from '../../support/net/segments.ts'

const pool = new RingPool()
const neighbour = { address: guestAddress } as TcpConnection['neighbour']

function dialTo(address: number): TcpConnection {
  const to = { guestAddress, guestPort: 1, address, port: 80 }
  return new TcpConnection(to, { neighbour, header6: undefined }, true, pool)
}

const most = { inAll: 100, perAddress: 75 }

/** Adds a dial; returns the evicted one. */
function enter(dials: Dials, c: TcpConnection): TcpConnection | undefined {
  const out = dials.inTheWay(c.address, most)
  if (out !== undefined) dials.delete(out)
  dials.add(c)
  return out
}

test('a flood to one address evicts the oldest dial to it, and no other', () => {
  const dials = new Dials(new RecentDestinations())
  const other = dialTo(2)
  enter(dials, other)
  const flood = Array.from({ length: 200 }, () => dialTo(1))
  const out = flood.map((c) => enter(dials, c))
  expect(out.slice(0, 75)).toEqual(new Array(75).fill(undefined))
  expect(out.slice(75)).toEqual(flood.slice(0, 125))
})

test('a flood over many new addresses evicts no dial to an address that answered recently', () => {
  const recent = new RecentDestinations()
  const dials = new Dials(recent)
  recent.answered(7)
  const slow = dialTo(7)
  enter(dials, slow)
  const out = Array.from({ length: 1000 }, (_, i) => enter(dials, dialTo(1000 + i)))
  expect(out.filter((c) => c !== undefined)).toHaveLength(1000 - 99)
  expect(out).not.toContain(slow)
})

test('a quarter of the table is reserved for unknown addresses', () => {
  const recent = new RecentDestinations()
  const dials = new Dials(recent)
  for (let i = 0; i < 1000; i += 1) recent.answered(i)
  const unknown = Array.from({ length: 24 }, (_, i) => dialTo(5000 + i))
  for (const c of unknown) enter(dials, c)
  const out = Array.from({ length: 1000 }, (_, i) => enter(dials, dialTo(i)))
  expect(out.filter((c) => c !== undefined && unknown.includes(c))).toEqual([])
})

test('an ended dial frees its slot', () => {
  const dials = new Dials(new RecentDestinations())
  const all = Array.from({ length: 100 }, (_, i) => dialTo(i))
  for (const c of all) enter(dials, c)
  dials.delete(all[50]!)
  dials.delete(all[50]!)
  expect(dials.size).toBe(99)
  expect(enter(dials, dialTo(500))).toBeUndefined()
  expect(enter(dials, dialTo(501))).toBe(all[0])
})

const synTo = (i: number, guestPort: number = flow.guestPort): Uint8Array => {
  const address = formatIpv4(0x0b00_0001 + 256 * i)
  return tcpFrame(network.address, address, { ...flow, guestPort }, { flags: 'S', seq: 100, mss: 1460 })
}

test('a burst starts dials for about a millisecond, and the next bursts start the rest', () => {
  const lab = new Lab()
  lab.msPerDial = 0.125
  lab.arrive(...Array.from({ length: 100 }, (_, i) => synTo(i)))
  expect(lab.dials).toHaveLength(8)
  lab.arrive()
  expect(lab.dials).toHaveLength(16)
  lab.wait(100)
  expect(lab.dials).toHaveLength(100)
})

test('a dial that takes longer than the limit of a burst still starts, one per burst', () => {
  const lab = new Lab()
  lab.msPerDial = 50
  lab.arrive(synTo(1), synTo(2), synTo(3))
  expect(lab.dials).toHaveLength(1)
  lab.wait(100)
  expect(lab.dials).toHaveLength(3)
})

test.each(['hostConnected', 'refused'] as const)(
  'an answer of a destination (%s) puts its next dial before those that came first',
  (answer) => {
    const lab = new Lab()
    lab.arrive(synTo(0))
    const first = lab.dials[0]!.connection!
    if (answer === 'refused') lab.act(({ tcp }) => tcp.hostFailed(first, 'refused'))
    else lab.act(({ tcp }) => tcp.hostConnected(first))
    lab.msPerDial = 1
    const flood = Array.from({ length: 20 }, (_, i) => synTo(1 + i))
    lab.arrive(...flood.slice(0, 10), synTo(0, flow.guestPort + 1), ...flood.slice(10))
    lab.arrive()
    const begun = lab.dials.slice(1).map(({ connection }) => connection!.address)
    expect(begun).toHaveLength(2)
    expect(begun).toContain(0x0b00_0001)
  },
)
