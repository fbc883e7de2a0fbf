import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FrameReader } from '../../../src/net/link/frame-reader.ts'
import type { PacketBuffer } from '../../../src/net/wire/packet.ts'
import { changed, families, first, next, ports, unlike } from '../../support/net/joinable-frames.ts'

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

/** Frames that the stack receives. */
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

/** Interleaved flows, so that some segments can be coalesced and others cannot. */
const anySegment = fc.record({
  port: fc.integer({ min: 80, max: 81 }),
  flags: fc.constantFrom('A', 'A', 'A', 'PA', 'FA', 'SA', 'RA'),
  bytes: fc.constantFrom(0, 0, 1, 3, 16, 33, 100),
  gap: fc.constantFrom(0, 0, 0, 0, 1),
  acks: fc.constantFrom(0, 0, 0, 4),
})

/** Data of each flow with sequence numbers, and the last ACK. */
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

  test('consecutive segments become one, with all bytes, and PSH if one had it', () => {
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

  test('of advancing ACKs only the last one is left, with its window; duplicates are all kept', () => {
    const acks = [5, 9, 9, 9, 20].map((ack) => frameOf({ flags: 'A', seq: 1, ack, window: 100 + ack }))
    const { frames, joinedFrames } = read(streamOf(acks), true)
    expect(frames.map(segmentOf).map(({ ack, window }) => [ack, window])).toEqual([
      [9, 109],
      [9, 109],
      [20, 120],
    ])
    expect(joinedFrames).toBe(2)
  })

  test.each(Object.entries(unlike(of)))(
    'with %s two segments are not coalesced and stay unchanged',
    (_, frames) => {
      const seen = read(streamOf(frames), true)
      expect(seen.frames).toEqual(frames)
      expect(seen.joinedFrames).toBe(0)
      // The receiver still has to verify the checksums.
      expect(seen.areVerified).toEqual([false, false])
    },
  )

  test('coalesced segments are marked as verified, and single ones are not', () => {
    const other = frameOf({ ...next, seq: 9000 })
    const { areVerified } = read(streamOf([frameOf(first), frameOf(next), other]), true)
    expect(areVerified).toEqual([true, false])
  })

  test('with checksum offload segments are coalesced whatever their checksums, and never verified', () => {
    const unfilled = [first, next].map((segment) => changed(frameOf(segment), tcpAt + 16))
    const seen = read(streamOf(unfilled), true, 'u32-be', { isOffloaded: true })
    expect(seen.frames.map(segmentOf)).toMatchObject([{ payload: [...Buffer.from('abcdefgh')] }])
    expect(seen.areVerified).toEqual([true])
  })

  test('a packet too short for TCP is not coalesced, whatever follows it', () => {
    const to = { ...ports, guestPort: 0 }
    const short = packetFrame(new Uint8Array())
    // The bytes after the short frame look like its TCP header, but belong to the next, incomplete frame.
    const behind = frameOf({ ...next, payload: '' }, to).subarray(tcpAt)
    for (const frames of [[frameOf(first, to), short], [short]]) {
      const seen = read(Uint8Array.of(...streamOf(frames), ...behind), true)
      expect(seen.frames).toEqual(frames)
    }
  })

  test('coalescing stops at the maximum size of an IP packet', () => {
    const payload = new Uint8Array(1460).fill(7)
    const frames = Array.from({ length: 100 }, (_, i) =>
      frameOf({ flags: 'A', seq: i * 1460, ack: 1, payload }),
    )
    const { frames: seen } = read(streamOf(frames), true)
    expect(seen.length).toBe(3)
    expect(seen.reduce((sum, frame) => sum + segmentOf(frame).payload.length, 0)).toBe(146_000)
  })

  test('coalescing never changes the meaning of the input', () => {
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
