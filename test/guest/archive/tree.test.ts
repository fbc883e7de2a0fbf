import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../../src/guest/archive/entry.ts'
import { mergeTree } from '../../../src/guest/archive/tree.ts'

const common = { uid: 0, gid: 0, mtime: 0 }
const dir = (path: string, mode = 0o755): Entry => ({ type: 'directory', path, mode, ...common })
const file = (path: string, text = path): Entry => {
  return { type: 'file', path, mode: 0o644, content: Buffer.from(text), ...common }
}
const link = (path: string, target: string): Entry => ({
  type: 'symlink',
  path,
  target,
  mode: 0o777,
  ...common,
})
const hard = (path: string, target: string): Entry => ({
  type: 'hardlink',
  path,
  target,
  mode: 0o644,
  ...common,
})
const paths = (entries: readonly Entry[]): string[] => entries.map(({ path }) => path)

test('a directory said twice keeps its place and takes the later attributes', () => {
  const merged = mergeTree([dir('a'), file('b'), dir('a', 0o700)])
  expect(paths(merged)).toEqual(['a', 'b'])
  expect(merged[0]?.mode).toBe(0o700)
})

test('a file said twice is the later one', () => {
  const merged = mergeTree([file('a', 'old'), file('a', 'new')])
  expect(merged).toEqual([file('a', 'new')])
})

test('a path through a symbolic link goes where the link leads', () => {
  const merged = mergeTree([dir('usr'), dir('usr/bin'), link('bin', 'usr/bin'), file('bin/sh'), dir('bin')])
  expect(paths(merged)).toEqual(['usr', 'usr/bin', 'bin', 'usr/bin/sh'])
})

test('a file that is replaced after it was linked lives on under the other name', () => {
  const merged = mergeTree([file('a', 'old'), hard('b', 'a'), file('a', 'new')])
  expect(merged).toContainEqual(file('b', 'old'))
  expect(merged).toContainEqual(file('a', 'new'))
})

test.each([
  ['a file below a file', [file('a'), file('a/b')]],
  ['a full directory that becomes a file', [dir('a'), file('a/b'), file('a')]],
  ['a hard link to nothing', [hard('a', 'b')]],
  ['links in a circle', [link('a', 'b'), link('b', 'a'), file('a/x')]],
])('%s has no place in a tree', (_, entries) => {
  expect(() => mergeTree(entries)).toThrowError(expect.objectContaining({ code: 'oci/bad-tree' }))
})

test('each path comes once, after its parents, whatever the order', () => {
  const name = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  const path = name.map((parts) => parts.join('/'))
  const entry = fc.oneof(
    path.map((one) => dir(one)),
    path.map((one) => file(`${one}/f`)),
  )
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
      const seen = new Set<string>()
      for (const { path: one } of mergeTree(entries)) {
        expect(seen.has(one)).toBe(false)
        const parent = one.includes('/') ? one.slice(0, one.lastIndexOf('/')) : undefined
        if (parent !== undefined) expect(seen.has(parent)).toBe(true)
        seen.add(one)
      }
      for (const { path: one } of entries) expect(seen.has(one)).toBe(true)
    }),
  )
})
