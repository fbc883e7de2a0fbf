import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ipv6, Lab } from '../../support/net/lab.ts'
import { ipv6Frame, octets, plainChecksum, pseudoHeader } from '../../support/net/segments.ts'

const linkLocal = 'fe80::50:ff:fe00:1'
const source = fc.constantFrom(ipv6.address, linkLocal, '::', 'fd00:65::9')
const destination = fc.constantFrom(
  ...[ipv6.gateway, ipv6.host, 'fe80::50:ff:fe00:0', 'ff02::1', 'ff02::2', 'ff02::1:ff00:1', 'ff02::1:2'],
  ...['2001:db8::1', 'fd00:65::77'],
)
const type = fc.oneof(fc.integer({ min: 128, max: 137 }), fc.integer({ min: 0, max: 255 }))
/** Usually an address and options, followed by random bytes. */
const body = fc
  .tuple(fc.constantFrom(ipv6.gateway, ipv6.address, '::'), fc.boolean(), fc.uint8Array({ maxLength: 60 }))
  .map(([target, hasTarget, rest]) => [0, 0, 0, 0, ...(hasTarget ? octets(target) : []), ...rest])
const packet = fc.record({
  source,
  destination,
  protocol: fc.constantFrom(58, 58, 58, 17, 6),
  type,
  body,
  ttl: fc.constantFrom(255, 64, 1, 0),
  cut: fc.option(fc.nat(6)),
})

/** One frame or two fragments, with a correct checksum. */
function framesOf(one: typeof packet extends fc.Arbitrary<infer P> ? P : never, id: number): Uint8Array[] {
  const bytes = Uint8Array.from([one.type, 0, 0, 0, ...one.body])
  const at = one.protocol === 58 ? 2 : one.protocol === 17 ? 6 : 16
  if (one.protocol === 17) bytes.set([0, 53, 0, 53, bytes.length >> 8, bytes.length & 255, 0, 0])
  if (at + 2 <= bytes.length) {
    bytes.set([0, 0], at)
    const sum = plainChecksum(pseudoHeader(one.source, one.destination, one.protocol, bytes.length), bytes)
    bytes.set([sum >> 8, sum & 255], at)
  }
  const cut = one.cut === null ? bytes.length : 8 * one.cut
  if (cut >= bytes.length) return [ipv6Frame(one.protocol, one.source, one.destination, bytes, one)]
  const piece = (from: number, to: number): Uint8Array => {
    const header = [
      one.protocol,
      0,
      from >> 8,
      (from & 0xf8) | (to < bytes.length ? 1 : 0),
      0,
      0,
      0,
      id & 255,
    ]
    const content = Uint8Array.of(...header, ...bytes.subarray(from, to))
    return ipv6Frame(44, one.source, one.destination, content, one)
  }
  return [piece(0, cut), piece(cut, bytes.length)]
}

test('packets with valid checksums and any content, whole and fragmented, never throw or cause excessive replies', () => {
  const lab = new Lab()
  let id = 0
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 20 }), (packets) => {
      for (const one of packets) {
        id += 1
        lab.arrive(...framesOf(one, id))
        // At most one reply per frame, with a bounded size.
        const answers = lab.takeFrames()
        expect(answers.length).toBeLessThanOrEqual(2)
        expect(answers.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(700)
      }
      lab.wait(100)
      lab.takeFrames()
      lab.dials.length = 0
      lab.datagrams.length = 0
    }),
    { numRuns: 3000 },
  )
})
