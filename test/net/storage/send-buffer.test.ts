import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RingPool } from '../../../src/net/storage/ring-pool.ts'
import { SendBuffer } from '../../../src/net/storage/send-buffer.ts'
import { sumOf } from '../../../src/net/wire/checksum.ts'

const ringBytes = 32 * 1024

type Step =
  | { kind: 'append'; count: number }
  | { kind: 'lend'; count: number }
  | { kind: 'drop'; share: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 9000 }) }),
  fc.record({ kind: fc.constant('lend' as const), count: fc.nat(20_000) }),
  fc.record({ kind: fc.constant('drop' as const), share: fc.integer({ min: 1, max: 4 }) }),
)

test('the buffer contains the appended bytes in order, with correct sums, wherever it wraps', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const buffer = new SendBuffer(new RingPool())
      let held: number[] = []
      let count = 0
      const fresh = (length: number) => Uint8Array.from({ length }, () => (count += 7))
      for (const step of steps) {
        if (step.kind === 'append') {
          const bytes = fresh(step.count)
          buffer.append(bytes, 0, bytes.length)
          held.push(...bytes)
        } else if (step.kind === 'lend') {
          const place = buffer.lend(ringBytes, 1, 16_384)
          if (place === undefined) continue
          const more = buffer.lendMore(16_384) ?? new Uint8Array(0)
          expect(place.length + more.length).toBeLessThanOrEqual(16_384)
          const bytes = fresh(Math.min(step.count, place.length + more.length))
          place.set(bytes.subarray(0, place.length))
          more.set(bytes.subarray(place.length))
          buffer.takeBack(bytes.length)
          held.push(...bytes)
        } else {
          const dropped = Math.ceil(held.length / step.share)
          if (dropped > 0) buffer.drop(dropped)
          held = held.slice(dropped)
        }
        expect(buffer.length).toBe(held.length)
        const offset = held.length >> 2
        const part = held.length >> 1
        if (part === 0) continue
        const copy = new Uint8Array(part)
        buffer.copy(offset, part, copy, 0)
        expect([...copy]).toEqual(held.slice(offset, offset + part))
        expect(buffer.sum(offset, part) % 0xffff).toBe(sumOf(new DataView(copy.buffer), 0, part) % 0xffff)
      }
      buffer.release()
    }),
    { numRuns: 100 },
  )
})

test('a ring with a lent region is not freed until the region is returned', () => {
  const pool = new RingPool()
  const buffer = new SendBuffer(pool)
  expect(buffer.lend(ringBytes, 1, 1000)).toHaveLength(1000)
  buffer.release()
  expect(pool.usedBytes).toBe(ringBytes)
  buffer.takeBack(500)
  expect([pool.usedBytes, buffer.length]).toEqual([0, 0])
})

test('a loan at the end of the ring continues at its start, up to the first byte held', () => {
  const buffer = new SendBuffer(new RingPool())
  buffer.append(new Uint8Array(ringBytes), 0, ringBytes - 1000)
  buffer.drop(ringBytes - 3000)
  expect(buffer.lend(ringBytes, 1, 16_384)).toHaveLength(1000)
  expect(buffer.lendMore(16_384)).toHaveLength(15_384)
  buffer.takeBack(16_384)
  expect(buffer.length).toBe(18_384)
  expect(buffer.lend(ringBytes, 1, ringBytes)).toHaveLength(ringBytes - 18_384)
  expect(buffer.lendMore(ringBytes)).toBeUndefined()
  buffer.release()
})

test('a full buffer lends nothing', () => {
  const buffer = new SendBuffer(new RingPool())
  buffer.append(new Uint8Array(ringBytes - 100), 0, ringBytes - 100)
  expect(buffer.lend(ringBytes, 101, 1000)).toBeUndefined()
  expect(buffer.lend(ringBytes, 100, 1000)).toHaveLength(100)
})
