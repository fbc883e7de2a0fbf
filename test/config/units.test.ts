import { expect, test } from 'vitest'
import { sizeHint } from '../../src/config/units.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
const memory = { least: 512 * MiB, most: 256 * GiB }
const disk = { least: GiB, most: 4096 * GiB }

test.each([
  ['2', memory, '2GiB'],
  ['2048', memory, '2048MiB'],
  ['2147483648', memory, '2GiB'],
  ['60', disk, '60GiB'],
  ['20480', disk, '20480MiB'],
  ['20G', disk, '20GiB'],
  ['512mb', memory, '512MiB'],
])('the size "%s" without a unit is meant as one that is usual for the key', (text, usual, meant) => {
  expect(sizeHint(text, usual)).toBe(`did you mean "${meant}"?`)
})

test.each(['lots', '0', '-1'])('the size "%s" is beyond a guess', (text) => {
  expect(sizeHint(text, memory)).toMatch(/^write a size such as/)
})
