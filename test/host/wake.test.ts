import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { onWake } from '../../src/host/wake.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Wall time goes on by so much while nothing runs and the monotonic clock stands still. */
const sleep = (ms: number): void => void vi.setSystemTime(Date.now() + ms)

test('a sleep of the host is reported once, and every later one again', () => {
  const woke = vi.fn()
  using _watch = onWake(woke)
  vi.advanceTimersByTime(10_000)
  expect(woke).not.toHaveBeenCalled()
  sleep(60_000)
  vi.advanceTimersByTime(10_000)
  expect(woke).toHaveBeenCalledTimes(1)
  sleep(3_600_000)
  vi.advanceTimersByTime(10_000)
  expect(woke).toHaveBeenCalledTimes(2)
})

test('a clock that is set back is reported too; one that is trimmed by less than a second is not', () => {
  const woke = vi.fn()
  using _watch = onWake(woke)
  sleep(400)
  vi.advanceTimersByTime(4_000)
  expect(woke).not.toHaveBeenCalled()
  sleep(-60_000)
  vi.advanceTimersByTime(4_000)
  expect(woke).toHaveBeenCalledTimes(1)
})

test('it reports nothing after it is disposed of', () => {
  const woke = vi.fn()
  onWake(woke)[Symbol.dispose]()
  sleep(60_000)
  vi.advanceTimersByTime(10_000)
  expect(woke).not.toHaveBeenCalled()
})
