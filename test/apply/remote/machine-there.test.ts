import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ScratchDir } from '../../../src/apply/remote/machine-there.ts'

test('a file that a request reads does not change when another request has a different content', () => {
  using scratch = new ScratchDir()
  const first = scratch.write('desktop.lock', 'a')
  const second = scratch.write('desktop.lock', 'b')
  expect(scratch.write('desktop.lock', 'a')).toBe(first)
  expect([first, second].map((path) => readFileSync(path, 'utf8'))).toEqual(['a', 'b'])
})
