/** docs/security.md: each row of the threat model names the tests that check it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

/** Cells of the table that begins with this heading, without that and the line below it. */
function rowsBelow(heading: string): string[][] {
  const [, after = ''] = page.split(heading)
  const lines = after.slice(after.indexOf('\n') + 1).split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(1, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** Paths of a cell. A name without a folder lies beside the one before it, at first in test/security. */
function testsIn(cell: string): string[] {
  let folder = 'test/security'
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
    if (name.includes('/')) folder = dirname(name)
    const path = name.includes('/') ? name : join(folder, name)
    return existsSync(join(root, path)) || path.endsWith('.ts') ? path : `${path}.test.ts`
  })
}

const parties = rowsBelow('| party | can | cannot | tested by |')
const areas = rowsBelow('| area | attacks | tests |')
const named = [...parties, ...areas].flatMap((row) => testsIn(row.at(-1) ?? ''))

test('the threat model has the parties of the issue, and each row names tests that exist', () => {
  expect(parties.length).toBeGreaterThanOrEqual(10)
  expect(areas.length).toBeGreaterThanOrEqual(5)
  for (const row of [...parties, ...areas]) {
    const tests = testsIn(row.at(-1) ?? '')
    expect(tests, row[0]).not.toEqual([])
    expect(tests.filter((path) => !existsSync(join(root, path)), row[0])).toEqual([])
  }
})

test('every file of test/security is named by a row', () => {
  expect(globSync('test/security/*.test.ts', { cwd: root }).filter((path) => !named.includes(path))).toEqual(
    [],
  )
})
