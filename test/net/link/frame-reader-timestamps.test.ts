/** Coalescing of segments with timestamps (RFC 7323 appendix A). */
import { describe, expect, test } from 'vitest'
import { FrameReader } from '../../../src/net/link/frame-reader.ts'
import type { PacketBuffer } from '../../../src/net/wire/packet.ts'
import { TcpSegment } from '../../../src/net/wire/tcp.ts'
import { ipv4Frame, ipv6Frame, type SegmentText, tcpPacket } from '../../support/net/segments.ts'

interface Seen {
  clock: [boolean, number, number]
  ack: number
  payload: string
}

const ports = { guestPort: 40_000, port: 80 }
const clock = (value: number, echo: number): number[] => [
  ...[1, 1, 8, 10],
  ...[value, echo].flatMap((word) => [word >>> 24, (word >> 16) & 255, (word >> 8) & 255, word & 255]),
]

describe.each([
  ['IPv4', 34, '192.168.65.3', '192.168.65.254', ipv4Frame],
  ['IPv6', 54, 'fd65::3', 'fd65::fe', ipv6Frame],
] as const)('%s', (_, tcpAt, guest, host, build) => {
  const frameOf = (segment: SegmentText): Uint8Array =>
    build(6, guest, host, tcpPacket(guest, host, ports, segment))

  function read(segments: readonly SegmentText[]): { seen: Seen[]; joinedBytes: number } {
    using reader = new FrameReader('u32-be')
    const seen: Seen[] = []
    const segment = new TcpSegment()
    const frames = segments.map(frameOf)
    reader.feed(Uint8Array.from(frames.flatMap((one) => [0, 0, one.length >> 8, one.length & 255, ...one])), {
      frame: ({ view, bytes }: PacketBuffer, at: number, end: number) => {
        expect(segment.parse(view, at + tcpAt, end)).toBe(true)
        seen.push({
          clock: [segment.hasTimestamps, segment.timestamp, segment.timestampEcho],
          ack: segment.acknowledgment,
          payload: String.fromCharCode(...bytes.subarray(segment.payloadAt, segment.payloadEnd)),
        })
      },
      burstEnded: () => {},
    })
    return { seen, joinedBytes: reader.joinedBytes }
  }

  const text = (seq: number, payload: string, rawOptions: number[]): SegmentText => ({
    flags: 'A',
    seq,
    ack: 7,
    payload,
    rawOptions,
  })

  test('segments with equal timestamps become one, with these timestamps', () => {
    const { seen, joinedBytes } = read([
      text(100, 'abcd', clock(5, 6)),
      text(104, 'efgh', clock(5, 6)),
      text(108, 'ij', clock(5, 6)),
    ])
    expect(seen).toEqual([{ clock: [true, 5, 6], ack: 7, payload: 'abcdefghij' }])
    expect(joinedBytes).toBe(2 * (tcpAt + 32))
  })

  test.each([
    ['another value', clock(5, 6), clock(6, 6)],
    ['another echo', clock(5, 6), clock(5, 7)],
    ['timestamps in the first only', clock(5, 6), []],
    ['timestamps in the second only', [], clock(5, 6)],
    ['another option of the same length', clock(5, 6), [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2]],
    ['another option in both', [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2], [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2]],
  ])('with %s two segments stay two', (__, one, other) => {
    const { seen, joinedBytes } = read([text(100, 'abcd', one), text(104, 'efgh', other)])
    expect([seen.map(({ payload }) => payload), joinedBytes]).toEqual([['abcd', 'efgh'], 0])
  })

  test('of advancing ACKs only the last one is left, with its timestamps', () => {
    const acks = [5, 9, 12].map((ack) => ({
      flags: 'A',
      seq: 1,
      ack,
      rawOptions: clock(100 + ack, 200 + ack),
    }))
    expect(read(acks).seen).toEqual([{ clock: [true, 112, 212], ack: 12, payload: '' }])
  })
})
