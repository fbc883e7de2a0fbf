import { expect, test } from 'vitest'
import { panicFinder } from '../../src/vm/panic.ts'

const line = '[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n'

function found(chunks: readonly string[]): string[] {
  const panics: string[] = []
  const feed = panicFinder((why) => panics.push(why))
  for (const chunk of chunks) feed(Buffer.from(chunk))
  return panics
}

test('a panic is found wherever the chunks are cut', () => {
  for (let at = 1; at < line.length; at += 1)
    expect(found([`before\n${line.slice(0, at)}`, line.slice(at)])).toEqual(['VFS: Unable to mount root fs'])
})

test('a panic behind much other output is found, and each one once', () => {
  expect(found(['x'.repeat(100_000), line, 'y'.repeat(100_000), line])).toHaveLength(2)
})

test('output that only resembles a panic is not a panic', () => {
  expect(found(['Kernel panic - syncing: x\n', 'not syncing: y\n'])).toEqual([])
})
