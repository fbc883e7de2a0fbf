/** The test column of docs/tcp.md: each entry is a file of test/net/tcp or a packetdrill script. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Paths that the last cell of each row names. A name with a folder below the scripts' is a script's. */
function testsIn(page: string): string[] {
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ').at(-1) ?? '')
  return cells.flatMap((cell) => {
    const [tests = '', scripts = ''] = cell.split(/\bscripts? /)
    return [
      ...namesIn(tests).map((name) => join('test/net/tcp', `${name}.test.ts`)),
      ...namesIn(scripts).map((name) => join('test/suites/packetdrill/scripts', `${name}.pkt`)),
    ]
  })
}

const namesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

test('every test and every script that docs/tcp.md names is there', () => {
  const named = testsIn(readFileSync(join(root, 'docs/tcp.md'), 'utf8'))
  expect(named.length).toBeGreaterThan(80)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('a name whose file is not there is found', () => {
  expect(testsIn('| rule | so | `no-such`, script `loss/no-such` |')).toEqual([
    'test/net/tcp/no-such.test.ts',
    'test/suites/packetdrill/scripts/loss/no-such.pkt',
  ])
})
