import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimerWheel } from '../../../src/net/storage/timer-wheel.ts'

const timed = () => ({ deadlineMs: 0, wheelTick: -1, wheelNext: undefined, wheelPrevious: undefined })

test('a clock that stops or jumps runs each timer exactly once', () => {
  const wheel = new TimerWheel(0)
  const timed = () => ({ deadlineMs: 0, wheelTick: -1, wheelNext: undefined, wheelPrevious: undefined })
  const all = Array.from({ length: 500 }, timed)
  for (const [i, one] of all.entries()) wheel.set(one, 1 + i * 97)
  const due = new Map<object, number>()
  for (const nowMs of [0, 0, 10, 10, 5000, 5000, 90_000_000, 90_000_000]) {
    wheel.advance(nowMs, (one) => due.set(one, (due.get(one) ?? 0) + 1))
  }
  expect(all.map((one) => due.get(one))).toEqual(all.map(() => 1))
  expect(wheel.nextMs).toBeUndefined()
})

test('for any sets and clears, a timer expires once, and only after its deadline', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      timer: fc.nat(9),
      inMs: fc.integer({ min: 1, max: 700_000 }),
    }),
    fc.record({ kind: fc.constant('clear' as const), timer: fc.nat(9) }),
    fc.record({ kind: fc.constant('advance' as const), byMs: fc.nat(400_000) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const wheel = new TimerWheel(0)
      const timers = Array.from({ length: 10 }, timed)
      const deadlines = new Map<object, number>()
      let nowMs = 0
      const advance = () =>
        wheel.advance(nowMs, (one) => {
          expect(deadlines.get(one)).toBeLessThanOrEqual(nowMs)
          deadlines.delete(one)
        })
      for (const one of steps) {
        if (one.kind === 'advance') {
          nowMs += one.byMs
          advance()
          continue
        }
        const timer = timers[one.timer]
        if (timer === undefined) continue
        if (one.kind === 'clear') {
          wheel.clear(timer)
          deadlines.delete(timer)
        } else {
          wheel.set(timer, nowMs + one.inMs)
          deadlines.set(timer, nowMs + one.inMs)
        }
      }
      nowMs += 2_000_000
      advance()
      expect(deadlines.size).toBe(0)
    }),
  )
})
