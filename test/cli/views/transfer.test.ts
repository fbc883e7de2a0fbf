import { expect, test } from 'vitest'
import { type Sample, sampled, transferText } from '../../../src/cli/views/transfer.ts'

const series = (...points: [at: number, bytes: number][]): readonly Sample[] =>
  points.reduce<readonly Sample[]>((samples, [at, bytes]) => sampled(samples, { at, bytes }), [])

test('a transfer that has just begun shows no rate, which would be a guess', () => {
  expect(transferText(series([0, 0], [200, 5e6]), 100e6)).toBe('5.0 of 100.0 MB')
})

test('a transfer shows amount, rate and time left', () => {
  expect(transferText(series([0, 0], [1000, 10e6], [2000, 20e6]), 100e6)).toBe(
    '20.0 of 100.0 MB, 10.0 MB/s, 8 s left',
  )
})

test('the rate is that of the last seconds, not of the whole transfer', () => {
  const slowed = series([0, 0], [1000, 50e6], [2000, 51e6], [10_000, 59e6], [12_000, 61e6])
  expect(transferText(slowed, 100e6)).toContain('1.0 MB/s, 39 s left')
})

test('a transfer that stands still shows a rate of nothing and promises no end', () => {
  expect(transferText(series([0, 0], [1000, 5e6], [12_000, 5e6]), 9e6)).toBe('5.0 of 9.0 MB, 0.0 MB/s')
})

test('fewer bytes than before begin another transfer', () => {
  expect(transferText(series([0, 0], [9000, 90e6], [9500, 1e6]), undefined)).toBe('1.0 MB')
})

test('the end of a transfer shows its size alone', () => {
  expect(transferText(series([0, 0], [5000, 10e6]), 10e6)).toBe('10.0 of 10.0 MB')
})

test.each([
  [1e6, '99 s left'],
  [0.5e6, '4 min left'],
  [0.001e6, '28 h left'],
])('a rate of %i bytes a second is shown as %s', (rate, left) => {
  expect(transferText(series([0, 0], [1000, rate]), 99e6 + rate)).toContain(left)
})
