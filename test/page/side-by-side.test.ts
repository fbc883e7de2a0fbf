/** A unified diff in two columns. */
import { expect, test } from 'vitest'
import { unifiedDiff } from '../../src/apply/history/unified.ts'
import { type Row, sideBySide } from '../../src/page/side-by-side.ts'

/** `left | right` for each row. */
const columns = (rows: readonly Row[]): string[] =>
  rows.map((row) => (row.kind === 'gap' ? row.text : `${row.left?.text ?? ''} | ${row.right?.text ?? ''}`))

test('a changed line stands beside what it became, and context on both sides', () => {
  const diff = unifiedDiff('vm', 'a\ncpus: 2\nb\n', 'a\ncpus: 4\nb\n')
  expect(columns(sideBySide(diff))).toEqual(['@@ -1,3 +1,3 @@', 'a | a', 'cpus: 2 | cpus: 4', 'b | b'])
})

test('lines that were only added or only removed have nothing beside them', () => {
  expect(columns(sideBySide(unifiedDiff('x', '', 'one\ntwo\n'))).slice(1)).toEqual([' | one', ' | two'])
  expect(columns(sideBySide(unifiedDiff('x', 'one\n', ''))).slice(1)).toEqual(['one | '])
})

test('every line of both texts is in its column, in order', () => {
  const [from, to] = ['a\nb\nc\nd\ne\n', 'a\nB\nB2\nd\nf\ne\n']
  const rows = sideBySide(unifiedDiff('x', from, to)).flatMap((row) => (row.kind === 'lines' ? [row] : []))
  const side = (name: 'left' | 'right'): string =>
    rows.flatMap((row) => (row[name] === undefined ? [] : [`${row[name].text}\n`])).join('')
  expect(side('left')).toBe(from)
  expect(side('right')).toBe(to)
})
