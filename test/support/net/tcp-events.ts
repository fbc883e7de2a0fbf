/** Random openings of a TCP connection, and random events during it. */
import fc from 'fast-check'

/** Edge-case distances: 0, off by one, a segment, a window, half the number space. */
const near = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 3, arbitrary: fc.integer({ min: -3000, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -700_000, max: 700_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0x7fff_ffff, -0x8000_0000, 0x4000_0000) },
)

/** A segment from the guest; its numbers are relative to the engine's own edges. */
interface SegmentEvent {
  kind: 'segment'
  seqFrom: 'next' | 'edge'
  ackFrom: 'una' | 'max' | 'edge'
  seq: number
  ack: number
  flags: string
  bytes: number
  window: number
  sack: [number, number][]
}

const segment: fc.Arbitrary<SegmentEvent> = fc.record({
  kind: fc.constant('segment' as const),
  /** Relative to the engine's edges: the number that it expects, and the last one sent. */
  seqFrom: fc.constantFrom('next', 'edge'),
  ackFrom: fc.constantFrom('una', 'max', 'edge'),
  seq: near,
  ack: near,
  flags: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('A', 'PA', 'FA') },
    { weight: 1, arbitrary: fc.constantFrom('', 'S', 'SA', 'R', 'RA', 'F', 'SF', 'SR', 'SFRPA') },
  ),
  bytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1460 })),
  window: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(65_535)),
  sack: fc.array(fc.tuple(near, near), { maxLength: 4 }),
})

export type Event =
  | SegmentEvent
  | { kind: 'data'; bytes: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'end' | 'reset' | 'stall' | 'drain' | 'link' }

export const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: segment },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('data' as const), bytes: fc.integer({ min: 1, max: 8000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 10, 300, 5000, 100_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'end' as const,
        'reset' as const,
        'stall' as const,
        'drain' as const,
        'link' as const,
      ),
    }),
  },
)

export interface Opening {
  by: 'guest' | 'host'
  /** Number of handshake steps taken. */
  steps: 1 | 2 | 3
  mss?: number | undefined
  windowShift?: number | undefined
  sackPermitted: boolean
}

export const opening: fc.Arbitrary<Opening> = fc.record({
  by: fc.constantFrom('guest', 'host'),
  /** Takes this many of the three handshake steps. */
  steps: fc.constantFrom(1, 2, 3, 3, 3, 3),
  mss: fc.option(fc.constantFrom(0, 88, 536, 1460, 65_535), { nil: undefined }),
  windowShift: fc.option(fc.constantFrom(0, 7, 14, 255), { nil: undefined }),
  sackPermitted: fc.boolean(),
})
