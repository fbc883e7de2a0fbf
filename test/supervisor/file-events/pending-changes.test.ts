import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  change,
  maxPending,
  maxPendingBytes,
  PendingChanges,
  parentOf,
  restMs,
} from '../../../src/supervisor/file-events/pending-changes.ts'

const path = fc.constantFrom('.', './a', './b', './c/d', './c/e')
const step = fc.oneof(
  fc.record({ kind: fc.constant('note' as const), path, bits: fc.integer({ min: 1, max: 7 }) }),
  fc.record({
    kind: fc.constant('take' as const),
    afterMs: fc.integer({ min: 0, max: 300 }),
    most: fc.integer({ min: 1, max: 3 }),
    fails: fc.boolean(),
  }),
)

test('every change is reported after it was noted, with all its bits, whatever is taken and returned between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const changes = new PendingChanges()
      const owed = new Map<string, number>()
      const lastSent = new Map<string, number>()
      let now = 0
      const deliver = (most: number, fails: boolean): number | undefined => {
        const batch = changes.take(now, most)
        expect(batch.changes.size).toBeLessThanOrEqual(most)
        if (fails) {
          changes.restore(batch)
          return 0
        }
        for (const [path, bits] of batch.changes) {
          expect(now - (lastSent.get(path) ?? -Infinity)).toBeGreaterThanOrEqual(restMs)
          expect(bits).toBe(owed.get(path))
          owed.delete(path)
          lastSent.set(path, now)
        }
        return batch.nextMs
      }
      for (const one of steps) {
        if (one.kind === 'note') {
          changes.note(one.path, one.bits)
          owed.set(one.path, (owed.get(one.path) ?? 0) | one.bits)
        } else {
          now += one.afterMs
          deliver(one.most, one.fails)
        }
        // However often a file changes while the guest is behind, it waits once.
        expect(changes.size).toBe(owed.size)
      }
      for (let next: number | undefined = 0; next !== undefined; now += next ?? 0) next = deliver(3, false)
      expect(owed).toEqual(new Map())
      expect(changes.size).toBe(0)
    }),
  )
})

test('a file that changes without pause is reported at most ten times a second', () => {
  const changes = new PendingChanges()
  let reported = 0
  for (let now = 0; now < 1_000; now += 1) {
    changes.note('./log', change.content)
    reported += changes.take(now, 10).changes.size
  }
  expect(reported).toBe(1_000 / restMs)
})

test('beyond the limit on files only the folder of a file is reported, with all its other changes', () => {
  const changes = new PendingChanges()
  changes.note('./other', change.content | change.name)
  for (let i = 1; i < maxPending; i += 1) changes.note(`./many/${i}`, change.content)
  for (let i = 0; i < 1_000; i += 1) changes.note(`./other/${i}`, change.content)
  expect(changes.size).toBe(maxPending)
  expect(changes.take(0, 2 * maxPending).changes.get('./other')).toBe(7)
})

test('the bytes of pending paths stay bounded, however long the paths are and however many folders they are in', () => {
  const changes = new PendingChanges()
  const long = `./${'x'.repeat(2_000)}`
  const count = Math.ceil((3 * maxPendingBytes) / long.length)
  for (const round of [0, 1]) {
    for (let i = 0; i < count; i += 1) changes.note(`${long}${i}/${long}`, change.content)
    const paths = [...changes.take(1_000 * round, Infinity).changes.keys()]
    const bytes = paths.reduce((sum, path) => sum + path.length, 0)
    expect(bytes).toBeGreaterThan(maxPendingBytes)
    expect(bytes).toBeLessThan(2 * maxPendingBytes + 1)
    expect(paths).toContain('.')
  }
})

test('the parent of a path is its folder, and the share is its own', () => {
  expect(['./a/b', './a', '.'].map(parentOf)).toEqual(['./a', '.', '.'])
})
