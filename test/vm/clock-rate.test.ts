import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClockSample, wrongRate } from '../../src/vm/clock-rate.ts'

/** Two looks at a clock of that rate, each of which took so long and read the clock somewhere in between. */
function looks(
  rate: number,
  apartMs: number,
  took: readonly [number, number],
  at: readonly [number, number],
) {
  const look = (beforeMs: number, tookMs: number, share: number): ClockSample => ({
    beforeMs,
    guestMs: 5_000 + rate * (beforeMs + share * tookMs),
    afterMs: beforeMs + tookMs,
  })
  return [look(0, took[0], at[0]), look(took[0] + apartMs, took[1], at[1])] as const
}

const times = fc.tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }))
const share = fc.double({ min: 0, max: 1, noNaN: true })

test('a clock that is right is never taken for a wrong one, however slow the looks are', () => {
  const rate = fc.double({ min: 0.96, max: 1.04, noNaN: true })
  fc.assert(
    fc.property(
      rate,
      fc.integer({ min: 100, max: 20_000 }),
      times,
      fc.tuple(share, share),
      (rate, apart, took, at) => {
        expect(wrongRate(...looks(rate, apart, took, at))).toBeUndefined()
      },
    ),
  )
})

test('a clock that is far off is found when the looks are quick, and its rate is not overstated', () => {
  const rate = fc.oneof(
    fc.double({ min: 0.1, max: 0.85, noNaN: true }),
    fc.double({ min: 1.3, max: 4, noNaN: true }),
  )
  const quick = fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 500 }))
  fc.assert(
    fc.property(rate, quick, fc.tuple(share, share), (rate, took, at) => {
      const found = wrongRate(...looks(rate, 10_000, took, at))
      expect(found).toBeDefined()
      expect(Math.abs((found ?? 1) - 1)).toBeLessThanOrEqual(Math.abs(rate - 1) + 1e-9)
    }),
  )
})
