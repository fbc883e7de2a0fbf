import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader } from '../../../src/net/link/frames.ts'
import type { PacketBuffer } from '../../../src/net/wire/packet.ts'
import { ipv4Frame, ipv6Frame, type SegmentText, summed, tcpPacket } from '../../support/net/segments.ts'

const ports = { guestPort: 40_000, port: 80 }

interface Options {
  ttl?: number
  fragment?: number
}

interface Family {
  /** Bytes before TCP's header. */
  tcpAt: number
  packetFrame(payload: Uint8Array, options?: Options): Uint8Array
  frameOf(segment: SegmentText, to?: typeof ports, options?: Options): Uint8Array
}

function family(tcpAt: number, guest: string, host: string, build: typeof ipv4Frame): Family {
  const packetFrame: Family['packetFrame'] = (payload, options) => build(6, guest, host, payload, options)
  return {
    tcpAt,
    packetFrame,
    frameOf: (segment, to = ports, options = {}) => packetFrame(tcpPacket(guest, host, to, segment), options),
  }
}

const ipv4 = family(34, '192.168.65.3', '192.168.65.254', ipv4Frame)
const ipv6 = family(54, 'fd65::3', 'fd65::fe', ipv6Frame)
const families = [
  ['IPv4', ipv4],
  ['IPv6', ipv6],
] as const

function streamOf(frames: readonly Uint8Array[], framing: 'u32-be' | 'u16-le' = 'u32-be'): Uint8Array {
  const prefix = ({ length }: Uint8Array) =>
    framing === 'u32-be' ? [0, 0, length >> 8, length & 255] : [length & 255, length >> 8]
  return Uint8Array.from(frames.flatMap((frame) => [...prefix(frame), ...frame]))
}

interface Seen {
  port: number
  seq: number
  ack: number
  flags: number
  window: number
  payload: number[]
}

/** What a stack is given. */
function read(
  stream: Uint8Array,
  joins: boolean,
  framing: 'u32-be' | 'u16-le' = 'u32-be',
  { isOffloaded = false } = {},
) {
  using reader = new FrameReader(framing, isOffloaded)
  reader.joins = joins
  const frames: Uint8Array[] = []
  const areVerified: boolean[] = []
  const handler = {
    frame: (packet: PacketBuffer, at: number, end: number) => {
      frames.push(packet.bytes.slice(at, end))
      areVerified.push(packet.isVerified)
    },
    burstEnded: () => {},
  }
  expect(reader.feed(stream, handler)).toBe(true)
  return { frames, areVerified, joinedFrames: reader.joinedFrames, joinedBytes: reader.joinedBytes }
}

function segmentOf(frame: Uint8Array): Seen {
  const whole = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const isIpv6 = whole.getUint16(12) === 0x86dd
  expect(isIpv6 ? whole.getUint16(18) + 40 : whole.getUint16(16)).toBe(frame.length - 14)
  const tcp = frame.subarray(isIpv6 ? 54 : 34)
  const view = new DataView(tcp.buffer, tcp.byteOffset, tcp.length)
  return {
    port: view.getUint16(2),
    seq: view.getInt32(4),
    ack: view.getInt32(8),
    flags: tcp[13]!,
    window: view.getUint16(14),
    payload: [...tcp.subarray((tcp[12]! >> 4) * 4)],
  }
}

const first = { flags: 'A', seq: 100, ack: 7, payload: 'abcd' }
const next = { flags: 'A', seq: 104, ack: 7, payload: 'efgh' }

const changed = (frame: Uint8Array, at: number) => {
  frame[at]! ^= 1
  return frame
}

function unlike({ frameOf, tcpAt }: Family): Record<string, [Uint8Array, Uint8Array]> {
  const like = frameOf(first)
  const pair = (second: Uint8Array): [Uint8Array, Uint8Array] => [like, second]
  const ofBoth = {
    'a gap': pair(frameOf({ ...next, seq: 105 })),
    'an overlap': pair(frameOf({ ...next, seq: 103 })),
    'another port': pair(frameOf(next, { ...ports, port: 81 })),
    'another ACK': pair(frameOf({ ...next, ack: 8 })),
    'another window': pair(frameOf({ ...next, window: 5 })),
    'another TTL': pair(frameOf(next, ports, { ttl: 9 })),
    'a FIN': pair(frameOf({ ...next, flags: 'FA' })),
    'a RST': pair(frameOf({ ...next, flags: 'RA' })),
    'a FIN before': [frameOf({ ...first, flags: 'FA' }), frameOf(next)],
    'SACK blocks': pair(frameOf({ ...next, sack: [[1, 2]] })),
    'the ACK of data that comes behind it': [frameOf({ flags: 'A', seq: 104, ack: 7 }), frameOf(next)],
    'another source MAC': pair(changed(frameOf(next), 11)),
    'a guest as destination': [changed(frameOf(first), 5), changed(frameOf(next), 5)],
    'another protocol': pair(changed(frameOf(next), tcpAt === 34 ? 23 : 20)),
    'a wrong TCP checksum': pair(changed(frameOf(next), tcpAt + 17)),
    'a flipped bit of the last byte': pair(changed(frameOf(next), tcpAt + 23)),
    'a flipped bit in the first one': [changed(frameOf(first), tcpAt + 20), frameOf(next)],
    'a flipped bit in a bare ACK': [
      frameOf({ flags: 'A', seq: 104, ack: 7 }),
      changed(frameOf({ flags: 'A', seq: 104, ack: 8 }), tcpAt + 11),
    ],
    'a longer frame than packet': pair(Uint8Array.of(...frameOf(next), 0, 0)),
  } satisfies Record<string, [Uint8Array, Uint8Array]>
  if (tcpAt === 34) {
    return {
      ...ofBoth,
      'a fragment': pair(frameOf(next, ports, { fragment: 0x2000 })),
      'a wrong IP checksum': pair(changed(frameOf(next), 25)),
    }
  }
  // In each of the eight words of both addresses, so that none is left out.
  const addresses = Array.from({ length: 16 }, (_, i): [string, [Uint8Array, Uint8Array]] => [
    `another word ${i} of the addresses`,
    pair(summed(changed(frameOf(next), 22 + 2 * i))),
  ])
  return {
    ...ofBoth,
    ...Object.fromEntries(addresses),
    'another traffic class': pair(changed(frameOf(next), 14)),
    'another flow label': pair(changed(frameOf(next), 17)),
  }
}

/** Flows in turns, so that there is something to join and something in the way. */
const anySegment = fc.record({
  port: fc.integer({ min: 80, max: 81 }),
  flags: fc.constantFrom('A', 'A', 'A', 'PA', 'FA', 'SA', 'RA'),
  bytes: fc.constantFrom(0, 0, 1, 3, 16, 33, 100),
  gap: fc.constantFrom(0, 0, 0, 0, 1),
  acks: fc.constantFrom(0, 0, 0, 4),
})

/** The bytes of each flow with their sequence numbers, and the last ACK. */
function meaning(seen: readonly Seen[]) {
  const flows = new Map<number, { bytes: [number, number][]; lastAck: number; special: number[] }>()
  for (const { port, seq, ack, flags, payload } of seen) {
    const flow = flows.get(port) ?? { bytes: [], lastAck: 0, special: [] }
    flows.set(port, flow)
    flow.bytes.push(...payload.map((byte, index): [number, number] => [seq + index, byte]))
    flow.lastAck = ack
    if ((flags & 7) !== 0) flow.special.push(flags)
  }
  return flows
}

describe.each(families)('%s', (_, of) => {
  const { frameOf, packetFrame, tcpAt } = of

  test('segments that follow each other are one, with all bytes and PSH if one had it', () => {
    const parts = ['one ', 'two ', 'three']
    let seq = 0x7fff_fffa
    const frames = parts.map((payload, index) => {
      const frame = frameOf({ flags: index === 1 ? 'PA' : 'A', seq, ack: 7, payload })
      seq = (seq + payload.length) | 0
      return frame
    })
    for (const framing of ['u32-be', 'u16-le'] as const) {
      const { frames: seen, joinedFrames, joinedBytes } = read(streamOf(frames, framing), true, framing)
      expect(seen.map(segmentOf)).toMatchObject([{ seq: 0x7fff_fffa, ack: 7, flags: 0x18 }])
      expect(String.fromCharCode(...segmentOf(seen[0]!).payload)).toBe('one two three')
      expect([joinedFrames, joinedBytes]).toEqual([2, 2 * (tcpAt + 20)])
    }
  })

  test('of ACKs that say more and more the last one is left, with its window; equal ones are all counted', () => {
    const acks = [5, 9, 9, 9, 20].map((ack) => frameOf({ flags: 'A', seq: 1, ack, window: 100 + ack }))
    const { frames, joinedFrames } = read(streamOf(acks), true)
    expect(frames.map(segmentOf).map(({ ack, window }) => [ack, window])).toEqual([
      [9, 109],
      [9, 109],
      [20, 120],
    ])
    expect(joinedFrames).toBe(2)
  })

  test.each(Object.entries(unlike(of)))('with %s two segments stay two, unchanged', (_, frames) => {
    const seen = read(streamOf(frames), true)
    expect(seen.frames).toEqual(frames)
    expect(seen.joinedFrames).toBe(0)
    // Whoever they are for has still to sum them.
    expect(seen.areVerified).toEqual([false, false])
  })

  test('joined segments are marked as verified, and single ones are not', () => {
    const other = frameOf({ ...next, seq: 9000 })
    const { areVerified } = read(streamOf([frameOf(first), frameOf(next), other]), true)
    expect(areVerified).toEqual([true, false])
  })

  test('on a link with checksum offload segments are joined whatever their checksums, and none is verified again', () => {
    const unfilled = [first, next].map((segment) => changed(frameOf(segment), tcpAt + 16))
    const seen = read(streamOf(unfilled), true, 'u32-be', { isOffloaded: true })
    expect(seen.frames.map(segmentOf)).toMatchObject([{ payload: [...Buffer.from('abcdefgh')] }])
    expect(seen.areVerified).toEqual([true])
  })

  test('a packet without room for TCP is joined with nothing, whatever comes behind it', () => {
    const to = { ...ports, guestPort: 0 }
    const short = packetFrame(new Uint8Array())
    // The bytes behind it would do as its TCP header; they are the beginning of a frame that is yet to come whole.
    const behind = frameOf({ ...next, payload: '' }, to).subarray(tcpAt)
    for (const frames of [[frameOf(first, to), short], [short]]) {
      const seen = read(Uint8Array.of(...streamOf(frames), ...behind), true)
      expect(seen.frames).toEqual(frames)
    }
  })

  test('no more is joined than an IP packet holds', () => {
    const payload = new Uint8Array(1460).fill(7)
    const frames = Array.from({ length: 100 }, (_, i) =>
      frameOf({ flags: 'A', seq: i * 1460, ack: 1, payload }),
    )
    const { frames: seen } = read(streamOf(frames), true)
    expect(seen.length).toBe(3)
    expect(seen.reduce((sum, frame) => sum + segmentOf(frame).payload.length, 0)).toBe(146_000)
  })

  test('whatever comes means the same joined', () => {
    fc.assert(
      fc.property(fc.array(anySegment, { maxLength: 40 }), (segments) => {
        const states = new Map<number, { seq: number; ack: number }>()
        const frames = segments.map(({ port, flags, bytes, gap, acks }) => {
          const state = states.get(port) ?? { seq: 1000, ack: 1 }
          states.set(port, state)
          state.ack += acks
          state.seq += gap
          const payload = Uint8Array.from({ length: bytes }, (_, index) => state.seq + index)
          const frame = frameOf({ flags, seq: state.seq, ack: state.ack, payload }, { ...ports, port })
          state.seq += bytes
          return frame
        })
        const stream = streamOf(frames)
        const plain = read(stream, false)
        const joined = read(stream, true)
        expect(meaning(joined.frames.map(segmentOf))).toEqual(meaning(plain.frames.map(segmentOf)))
        expect(joined.frames.length + joined.joinedFrames).toBe(frames.length)
        const total = (all: Uint8Array[]) => all.reduce((sum, { length }) => sum + length, 0)
        expect(total(joined.frames) + joined.joinedBytes).toBe(total(frames))
      }),
      { numRuns: 500 },
    )
  })
})
