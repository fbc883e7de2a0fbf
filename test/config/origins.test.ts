import { expect, test } from 'vitest'
import { HiddenValues } from '../../src/config/environment-values.ts'
import { originsOf } from '../../src/config/origins.ts'
import { parseText } from '../../src/config/read/parse.ts'
import { sourceOf } from '../../src/config/read/source.ts'
import type { Tree } from '../../src/config/read/tree.ts'

const treeOf = (text: string): Tree => {
  const { tree } = parseText(sourceOf(text, { file: 'desktop.yaml', directory: '/p' }), {
    env: {},
  })
  if (tree === undefined) throw new Error('the text is YAML')
  return tree
}
const lineOf = (tree: Tree, path: string): number | undefined =>
  originsOf(tree, new Map(), new HiddenValues(tree, {})).of(path)?.line

const text = [
  'a.b: 1',
  'a:',
  '  b.c: 2',
  '  b:',
  '    c: 3',
  '    "d[0]": 4',
  'l:',
  '  - x: { y.z: 5 }',
  '',
].join('\n')

test.each([
  ['a.b', 1],
  ['a.b.c', 3],
  ['a.b.d[0]', 6],
  ['l[0].x.y.z', 8],
  ['l[1].x', undefined],
  ['a.c', undefined],
])('keys with dots and brackets are found by what plans show: %s', (path, line) => {
  expect(lineOf(treeOf(text), path)).toBe(line)
})

/** Plans ask for the place of each of thousands of keys. */
test('a place is found without a look at the other keys', () => {
  const tree = treeOf(
    `hosts:\n${Array.from({ length: 100 }, (_, i) => `  host${i}.test: 10.0.0.${i}\n`).join('')}`,
  )
  const hidden = new HiddenValues(tree, {})
  const hosts = tree.kind === 'map' ? tree.entries.get('hosts')?.value : undefined
  if (hosts?.kind !== 'map') throw new Error('hosts is a map')
  Object.defineProperty(hosts.entries, Symbol.iterator, {
    value: () => {
      throw new Error('all keys were looked at')
    },
  })
  expect(originsOf(tree, new Map(), hidden).of('hosts.host77.test')?.line).toBe(79)
  expect(originsOf(tree, new Map(), hidden).of('hosts.host100.test')).toBeUndefined()
})
