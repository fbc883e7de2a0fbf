import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIcmp6Sound, sealIcmp6 } from '../../../src/net/wire/icmp6.ts'
import { emitFragmentHeader, emitIpv6, Ipv6Header, pseudoHeader6Sum } from '../../../src/net/wire/ipv6.ts'
import { findOption } from '../../../src/net/wire/ndp.ts'
import { plainChecksum } from '../../support/net/segments.ts'

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 })

test('a parsed IPv6 header equals the emitted one, at any offset', () => {
  const header = new Ipv6Header()
  const fields = fc.record({
    payloadBytes: fc.nat(300),
    protocol: fc.constantFrom(6, 17, 58, 59, 99),
    ttl: fc.nat(255),
  })
  fc.assert(
    fc.property(fields, fc.nat(20), fc.nat(30), (wanted, at, padding) => {
      const end = at + 40 + wanted.payloadBytes
      const view = new DataView(new ArrayBuffer(end + padding))
      emitIpv6(view, at, wanted)
      expect(header.parse(view, at, end + padding)).toBe(true)
      const { payloadAt, protocol, ttl, isFragment } = header
      expect({ end: header.end, payloadAt, protocol, ttl, isFragment }).toEqual({
        end,
        payloadAt: at + 40,
        protocol: wanted.protocol,
        ttl: wanted.ttl,
        isFragment: false,
      })
      expect(header.parse(view, at, end - 1)).toBe(false)
    }),
  )
})

test('a parsed fragment header equals the emitted one', () => {
  const header = new Ipv6Header()
  const fields = fc.record({
    protocol: fc.constantFrom(6, 17, 58),
    offset: fc.nat(8191),
    more: fc.boolean(),
    identification: fc.nat(0xffff_ffff),
  })
  fc.assert(
    fc.property(fields, ({ protocol, offset, more, identification }) => {
      const view = new DataView(new ArrayBuffer(80))
      emitIpv6(view, 0, { payloadBytes: 40, protocol: 44, ttl: 1 })
      emitFragmentHeader(view, 40, { protocol, fragment: (offset << 3) | (more ? 1 : 0), identification })
      expect(header.parse(view, 0, 80)).toBe(true)
      expect(header).toMatchObject({
        protocol,
        payloadAt: 48,
        fragmentOffset: offset * 8,
        hasMoreFragments: more,
        identification,
        isFragment: offset > 0 || more,
      })
    }),
  )
})

test('for any bytes, parsing ends, and its results are within the packet', () => {
  const header = new Ipv6Header()
  const kinds = fc.constantFrom(0, 43, 44, 60, 6, 17, 58, 50, 255)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), kinds, fc.nat(8), (body, kind, seam) => {
      const bytes = new Uint8Array(40 + body.length)
      bytes[0] = 0x60
      bytes[5] = body.length
      bytes[6] = kind
      bytes.set(body, 40)
      // Chains are rare in random bytes.
      for (let at = 40; at < 40 + 8 * seam && at + 1 < bytes.length; at += 8) {
        bytes[at] = [0, 43, 44, 60][bytes[at]! & 3]!
        bytes[at + 1] = 0
      }
      const view = new DataView(bytes.buffer)
      if (header.parse(view, 0, bytes.length)) {
        expect(header.payloadAt).toBeGreaterThanOrEqual(40)
        expect(header.payloadAt).toBeLessThanOrEqual(header.end)
        expect([0, 43, 60].includes(header.protocol) && !header.isFragment).toBe(false)
      } else if (header.problem >= 0) expect(header.problemAt).toBeLessThan(bytes.length)
    }),
    { numRuns: 20_000 },
  )
})

test('sums and checksums match a plain implementation of RFC 1071', () => {
  fc.assert(
    fc.property(
      bytes16,
      bytes16,
      fc.uint8Array({ minLength: 8, maxLength: 300 }),
      (source, destination, message) => {
        const packet = Uint8Array.of(...new Uint8Array(8), ...source, ...destination, ...message)
        const view = new DataView(packet.buffer)
        const pseudo = (...zeroed: Uint8Array[]) =>
          plainChecksum(
            Uint8Array.of(...source, ...destination, 0, 58, message.length >> 8, message.length & 255),
            ...zeroed,
          )
        const folded = pseudoHeader6Sum(view, 0, 58, message.length)
        expect(folded % 0xffff).toBe((~pseudo() & 0xffff) % 0xffff)
        sealIcmp6(view, 0, 40, message.length)
        expect(pseudo(packet.subarray(40))).toBe(0)
        expect(isIcmp6Sound(view, 0, 40, packet.length)).toBe(true)
        packet[44] = packet[44]! ^ 1
        expect(isIcmp6Sound(view, 0, 40, packet.length)).toBe(false)
      },
    ),
  )
})

test('options are parsed to their end or rejected, for any content', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(6), (bytes, type) => {
      const at = findOption(new DataView(bytes.buffer), 0, bytes.length, type)
      let next = 0
      while (next + 1 < bytes.length && bytes[next + 1]! > 0 && next + 8 * bytes[next + 1]! <= bytes.length)
        next += 8 * bytes[next + 1]!
      if (next !== bytes.length) expect(at).toBe(-1)
      else if (at > 0) expect(bytes[at]).toBe(type)
    }),
    { numRuns: 5000 },
  )
})
