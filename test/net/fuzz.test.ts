import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from '../../src/net/link/frame-reader.ts'
import { PacketBuffer } from '../../src/net/wire/packet.ts'
import { guestMac, icmp6, icmp6Frame, solicitation } from '../support/net/ipv6-messages.ts'
import { ipv6, Lab } from '../support/net/lab.ts'
import { ipv6Frame, plainChecksum, summed } from '../support/net/segments.ts'

const guest = [192, 168, 65, 3]
const gateway = [192, 168, 65, 1]

/** An IPv4 frame from the guest with a valid header checksum, so that mutations pass the check. */
function frame(protocol: number, destination: number[], payload: readonly number[]): Uint8Array {
  const length = 20 + payload.length
  const header = [
    0x45,
    0,
    length >> 8,
    length & 255,
    0,
    1,
    0,
    0,
    64,
    protocol,
    0,
    0,
    ...guest,
    ...destination,
  ]
  const sum = plainChecksum(Uint8Array.from(header))
  header[10] = sum >> 8
  header[11] = sum & 255
  return Uint8Array.of(2, 0x50, 0, 0, 0, 0, 2, 0x50, 0, 0, 0, 1, 8, 0, ...header, ...payload)
}

const tcp = [0x9c, 0x40, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x60, 2, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5, 0xb4]
const udp = [0x9c, 0x40, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4]
const echo = [8, 0, 0xf7, 0xfd, 0, 1, 0, 1]
const arp = Uint8Array.of(
  ...[255, 255, 255, 255, 255, 255, 2, 0x50, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
  ...[2, 0x50, 0, 0, 0, 1, ...guest, 0, 0, 0, 0, 0, 0, ...gateway],
)
const udp6 = [0x9c, 0x40, 0, 53, 0, 12, 0x12, 0x34, 1, 2, 3, 4]
const options = [60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]
const seeds = [
  frame(6, [93, 184, 216, 34], tcp),
  frame(17, gateway, udp),
  frame(1, gateway, echo),
  arp,
  ipv6Frame(6, ipv6.address, '2001:db8::1', Uint8Array.from(tcp)),
  ipv6Frame(17, ipv6.address, ipv6.gateway, Uint8Array.from(udp6)),
  ipv6Frame(17, 'fe80::9', 'ff02::1:2', Uint8Array.from(udp6)),
  ipv6Frame(0, ipv6.address, '2001:db8::1', Uint8Array.from([...options, ...tcp])),
  ipv6Frame(44, ipv6.address, ipv6.gateway, Uint8Array.from([17, 0, 0, 1, 0, 0, 0, 5, ...udp6, 0, 0, 0, 0])),
  icmp6Frame(ipv6.address, ipv6.gateway, icmp6(128, 0, [0, 1, 0, 1, 7])),
  icmp6Frame('fe80::9', 'ff02::2', icmp6(133, 0, [0, 0, 0, 0, 1, 1, ...guestMac])),
  icmp6Frame('::', 'ff02::1:ff00:1', solicitation(ipv6.gateway, [])),
]

const mutation = fc.record({
  seed: fc.nat(seeds.length - 1),
  edits: fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
  cut: fc.nat(120),
  extra: fc.nat(40),
})

function mutated({ seed, edits, cut, extra }: typeof mutation extends fc.Arbitrary<infer M> ? M : never) {
  const original = seeds[seed]!
  const bytes = new Uint8Array(Math.max(14, Math.min(cut + 14, original.length)) + extra)
  bytes.set(original.subarray(0, bytes.length))
  for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value
  // Most frames pass the checksum verification.
  return cut % 4 === 0 ? bytes : summed(bytes)
}

test('mutated frames never throw, and leave tables bounded and the stack working', () => {
  const lab = new Lab()
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 50 }), (mutations) => {
      for (const one of mutations) {
        const packet = new PacketBuffer(mutated(one))
        lab.stack.from = lab.link
        lab.stack.frame(packet, 0, packet.bytes.length)
      }
      lab.nowMs += 500
      lab.stack.nowMs = lab.nowMs
      lab.stack.advance()
      lab.frames.length = 0
      lab.dials.length = 0
      lab.datagrams.length = 0
    }),
    { numRuns: 40_000 },
  )
  expect(lab.stack.tcp.size).toBeLessThanOrEqual(65_536)
  expect(lab.stack.ipv4.fragments.size).toBeLessThanOrEqual(256)
  expect(lab.stack.ipv6!.input.fragments.size).toBeLessThanOrEqual(256)
  expect(lab.stack.ipv6!.table.size).toBeLessThan(20_000)
  lab.stack.from = lab.link
  lab.stack.frame(new PacketBuffer(arp), 0, arp.length)
  lab.stack.burstEnded()
  expect(lab.frames).toHaveLength(1)
})

test('a stream of frames yields the same frames for any chunk boundaries', () => {
  const frames = fc.array(fc.uint8Array({ minLength: 14, maxLength: 300 }), { maxLength: 20 })
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (wanted, cuts) => {
      const stream = wanted.flatMap((bytes) => [0, 0, bytes.length >> 8, bytes.length & 255, ...bytes])
      const seen: Uint8Array[] = []
      const handler = {
        frame: (packet: PacketBuffer, at: number, end: number) => seen.push(packet.bytes.slice(at, end)),
        burstEnded: () => {},
      }
      using reader = new FrameReader('u32-be')
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const count = cuts[turn % cuts.length]!
        expect(reader.feed(Uint8Array.from(stream.slice(at, at + count)), handler)).toBe(true)
        at += count
      }
      expect(seen).toEqual(wanted)
    }),
  )
})

test('an invalid frame length ends the stream', () => {
  const handler = { frame: () => {}, burstEnded: () => {} }
  for (const length of [0, 13, 65_551, 0xffff_ffff]) {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, length)
    using reader = new FrameReader('u32-be')
    expect(reader.feed(bytes, handler)).toBe(false)
  }
})
