/** File system figures from the guest are interpreted as statfs(2) defines them. */
import { expect, test } from 'vitest'
import { isFull, parseStat } from '../../../src/apply/environment/disk-space.ts'

test('used is total minus free, and available may be less than free', () => {
  expect(parseStat('4096 1000 600 550\n')).toEqual({
    state: 'present',
    value: { totalBytes: 4_096_000, usedBytes: 1_638_400, availableBytes: 2_252_800 },
  })
})

test('a disk is full before its last byte is taken', () => {
  const space = (availableBytes: number) => ({ totalBytes: 10_000, usedBytes: 0, availableBytes })
  expect([0, 99, 100].map((available) => isFull(space(available)))).toEqual([true, true, false])
})

test.each(['', 'stat: cannot read', '0 0 0 0', '4096 0 0 0'])('%j is refused as an answer', (text) => {
  expect(parseStat(text).state).toBe('unknown')
})
