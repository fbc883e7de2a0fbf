/** The bound of a rate. */
import { expect, test } from 'vitest'
import { TokenBucket } from '../src/token-bucket.ts'

function taken(bucket: TokenBucket, nowMs: number, tries: number): number {
  let count = 0
  for (let i = 0; i < tries; i += 1) {
    if (!bucket.has(nowMs)) continue
    bucket.take()
    count += 1
  }
  return count
}

test('a full bucket admits its burst at once, and then its rate', () => {
  const bucket = new TokenBucket({ burst: 4, perSecond: 2 }, 0)
  expect(taken(bucket, 0, 100)).toBe(4)
  expect(taken(bucket, 499, 100)).toBe(0)
  expect(taken(bucket, 500, 100)).toBe(1)
  expect(taken(bucket, 3_600_000, 100)).toBe(4)
})

test('a clock that goes back gives no tokens and takes none', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, 10_000)
  expect(taken(bucket, 10_000, 1)).toBe(1)
  expect(taken(bucket, 0, 100)).toBe(1)
  expect(taken(bucket, 1_000, 100)).toBe(1)
})

test('asking without taking costs nothing', () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 0)
  for (let i = 0; i < 100; i += 1) expect(bucket.has(0)).toBe(true)
})
