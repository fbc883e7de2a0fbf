/** A desktop.lock of someone's branch: whatever it holds, it is a lock of checked values or is refused with one code. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPackageName, isVersion } from '../../src/guest/debian/version.ts'
import { lockText, notCovered, packageChanges, parseLock } from '../../src/guest/lock-file.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import { sampleLock } from '../support/guest/sample-lock.ts'

returnsToBaseline()

interface Raw {
  source: unknown
  packages: Record<string, unknown>[]
  components: unknown[]
  contents?: unknown
}

const honest = (): Raw => JSON.parse(lockText(sampleLock(), 'rules')) as Raw
const refused = { code: 'config/lock' }
const parsed = (raw: unknown): ReturnType<typeof parseLock> => parseLock(JSON.stringify(raw), 'desktop.lock')

test.each<[string, (raw: Raw) => unknown]>([
  ['a component that is null', (raw) => raw.components.push(null)],
  ['a component that is a text', (raw) => raw.components.push('desktop/init')],
  ['a component that is a list', (raw) => raw.components.push([])],
  ['a component twice', (raw) => raw.components.push(raw.components[0])],
  [
    'a component of a package that is null',
    (raw) => raw.components.push({ image: `a:${'0'.repeat(16)}`, packages: [null] }),
  ],
  ['no components', (raw) => Object.assign(raw, { components: {} })],
  ['a package that is null', (raw) => raw.packages.push(null as never)],
  ['a source that is a path', (raw) => Object.assign(raw, { source: '../../etc' })],
  ['a source with an escape sequence', (raw) => Object.assign(raw, { source: 'trixie/amd64\u001b[2J' })],
  ['a source that is a map', (raw) => Object.assign(raw, { source: {} })],
  ['a size of nothing', (raw) => Object.assign(raw.packages[0]!, { sizeBytes: 0 })],
  ['a size below zero', (raw) => Object.assign(raw.packages[0]!, { sizeBytes: -1 })],
  ['a size of a petabyte', (raw) => Object.assign(raw.packages[0]!, { sizeBytes: 2 ** 50 })],
  ['a size that is a text', (raw) => Object.assign(raw.packages[0]!, { sizeBytes: '1' })],
  ['a size with a fraction', (raw) => Object.assign(raw.packages[0]!, { sizeBytes: 1.5 })],
  ['a name that is an option', (raw) => Object.assign(raw.packages[0]!, { name: '-oX::Y' })],
  ['a version that is a path', (raw) => Object.assign(raw.packages[0]!, { version: '/x.sh' })],
  ['a version of two lines', (raw) => Object.assign(raw.packages[0]!, { version: '1\n2' })],
  ['a digest in upper case', (raw) => Object.assign(raw.packages[0]!, { sha256: 'A'.repeat(64) })],
])('a lock with %s is refused', (_what, change) => {
  const raw = honest()
  change(raw)
  expect(() => parsed(raw)).toThrow(expect.objectContaining(refused))
})

test.each([
  '',
  'null',
  '7',
  '[',
  '"x"',
  '{"__proto__":{"format":"desktop-lock/1"}}',
  `${'['.repeat(1_000_000)}`,
])('the text %.20s is refused', (text) => {
  expect(() => parseLock(text, 'desktop.lock')).toThrow(expect.objectContaining(refused))
})

/** The same value with `put` at a place that the numbers lead to, or without that place. */
function changed(value: unknown, [head, ...rest]: readonly number[], put: unknown): unknown {
  if (head === undefined || value === null || typeof value !== 'object') return put
  const entries = Object.entries(value)
  const at = entries[head % Math.max(1, entries.length)]
  if (at === undefined) return put
  at[1] = rest.length === 0 && head % 7 === 0 ? undefined : changed(at[1], rest, put)
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries)
}

test('any value in any place of a lock is refused with one code, or leaves a lock of checked values', () => {
  const path = fc.array(fc.nat(), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      path,
      fc.oneof(fc.jsonValue(), fc.constantFrom('-o', '../..', 'x'.repeat(9_000))),
      (to, put) => {
        let lock: ReturnType<typeof parseLock>
        try {
          lock = parsed(changed(honest(), to, put))
        } catch (error) {
          expect(error).toMatchObject(refused)
          expect((error as Error).message.length).toBeLessThan(20_000)
          return
        }
        notCovered(lock)
        packageChanges(sampleLock().components, lock.components)
        for (const { name, version } of lock.components.flatMap(({ packages }) => packages))
          expect(isPackageName(name) && isVersion(version)).toBe(true)
      },
    ),
    { numRuns: 600 },
  )
})
