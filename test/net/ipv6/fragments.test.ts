/** IPv6 fragments (RFC 8200 section 4.5, RFC 5722, 6946 and 6980). */
import { expect, test } from 'vitest'
import { full, icmp6, icmp6Frame, parseIcmp6 } from '../../support/net/ipv6-messages.ts'
import { ipv6, Lab } from '../../support/net/lab.ts'
import { ipv6Frame, octets } from '../../support/net/segments.ts'

const messages = (lab: Lab) => lab.takeFrames().flatMap((frame) => parseIcmp6(frame) ?? [])

/** Fragments of a payload, cut at these offsets (multiples of 8). */
function fragments(
  protocol: number,
  payload: Uint8Array,
  cuts: readonly number[],
  identification = 1,
): Uint8Array[] {
  return cuts.map((from, i) => {
    const to = cuts[i + 1] ?? payload.length
    const more = to === payload.length ? 0 : 1
    const header = [protocol, 0, from >> 8, (from & 0xf8) | more, 0, 0, 0, identification]
    return ipv6Frame(44, ipv6.address, ipv6.gateway, Uint8Array.of(...header, ...payload.subarray(from, to)))
  })
}

const bigPing = icmp6Frame(
  ipv6.address,
  ipv6.gateway,
  icmp6(
    128,
    0,
    Array.from({ length: 4000 }, (_, i) => i & 255),
  ),
).slice(54)

test('fragments in any order become one datagram, and its reply is fragmented to the MTU', () => {
  const pieces = fragments(58, bigPing, [0, 1000, 2000, 3000])
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [0, 0, 3, 1, 2],
  ]) {
    const lab = new Lab()
    lab.arrive(...order.map((i) => pieces[i]!))
    const frames = lab.takeFrames()
    expect(frames.map((frame) => frame.length <= 1514 && frame[20] === 44)).toEqual(frames.map(() => true))
    const whole = frames.flatMap((frame) => [...frame.subarray(62)])
    expect(whole.length).toBe(bigPing.length)
    expect(whole.slice(4)).toEqual([...bigPing.subarray(4)])
    expect(lab.stack.ipv6!.input.fragments.size).toBe(0)
  }
})

test('overlapping fragments are dropped with the whole datagram (RFC 5722)', () => {
  const lab = new Lab()
  const [first, , third, fourth] = fragments(58, bigPing, [0, 1000, 2000, 3000])
  const [, overlapping] = fragments(58, bigPing, [0, 992, 2000, 3000])
  lab.arrive(first!, overlapping!, third!, fourth!)
  expect(lab.takeFrames()).toEqual([])
  expect(lab.stack.ipv6!.input.fragments.counters.dropped).toBeGreaterThan(0)
})

test('the sender of the first fragment gets an error if reassembly times out (RFC 8200 section 4.5)', () => {
  const lab = new Lab()
  const [first, second] = fragments(58, bigPing, [0, 1000, 2000, 3000])
  const [, alone] = fragments(58, bigPing, [0, 1000, 2000, 3000], 2)
  lab.arrive(first!, second!, alone!)
  lab.wait(40_000)
  expect(messages(lab).filter(({ type }) => type < 128)).toMatchObject([
    { type: 3, code: 1, destination: full(ipv6.address) },
  ])
})

test('an atomic fragment is processed as a whole packet (RFC 6946)', () => {
  const lab = new Lab()
  lab.arrive(...fragments(58, bigPing.slice(0, 1000), [0]))
  // The checksum covers more bytes than are present.
  expect(lab.stack.drops.malformed).toBe(1)
  const small = icmp6Frame(ipv6.address, ipv6.gateway, icmp6(128, 0, [1, 2, 3, 4])).slice(54)
  lab.arrive(...fragments(58, small, [0]))
  expect(messages(lab)).toMatchObject([{ type: 129 }])
})

test('fragmented neighbour discovery is dropped (RFC 6980)', () => {
  const lab = new Lab()
  const options = new Array<number>(64).fill(0).map((_, i) => (i % 8 === 0 ? 14 : i % 8 === 1 ? 1 : 0))
  for (const type of [135, 136]) {
    const body = [0x60, 0, 0, 0, ...octets(type === 135 ? ipv6.gateway : ipv6.address), ...options]
    const message = icmp6Frame(ipv6.address, ipv6.gateway, icmp6(type, 0, body)).slice(54)
    lab.arrive(
      ...fragments(58, message, [0, 40], type).map((frame) => frame.map((b, i) => (i === 21 ? 255 : b))),
    )
  }
  expect(lab.takeFrames()).toEqual([])
  expect(lab.stack.drops.malformed).toBe(2)
})

test('endless fragments use bounded memory', () => {
  const lab = new Lab()
  for (let i = 0; i < 3000; i += 1)
    lab.arrive(fragments(58, bigPing, [0, 1000], i & 255)[0]!.map((b, at) => (at === 60 ? i >> 8 : b)))
  expect(lab.stack.ipv6!.input.fragments.size).toBeLessThanOrEqual(256)
  lab.wait(40_000)
  expect(lab.stack.ipv6!.input.fragments.size).toBe(0)
})
