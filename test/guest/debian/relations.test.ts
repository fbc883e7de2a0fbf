import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRelations, satisfies } from '../../../src/guest/debian/relations.ts'

test('a relation keeps its version and loses architectures and build profiles', () => {
  expect(parseRelations('a (>= 1) | b:any, c [amd64], d:any (<<2) <!nocheck>')).toEqual([
    [{ name: 'a', operator: '>=', version: '1' }, { name: 'b' }],
    [{ name: 'c' }],
    [{ name: 'd', operator: '<<', version: '2' }],
  ])
})

test('a virtual package without a version satisfies only a relation without one', () => {
  expect(satisfies(undefined, { name: 'mta' })).toBe(true)
  expect(satisfies(undefined, { name: 'mta', operator: '>=', version: '0' })).toBe(false)
})

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0
const version = fc.constantFrom('1', '1~rc1', '1-1', '1.0', '2', '1:0', '1+b1')

test.runIf(hasDpkg)('every operator accepts the versions that dpkg accepts', () => {
  fc.assert(
    fc.property(version, version, fc.constantFrom('<<', '<=', '=', '>=', '>>'), (a, b, operator) => {
      const theirs = spawnSync('dpkg', ['--compare-versions', a, operator, b]).status === 0
      expect(satisfies(a, { name: 'x', operator, version: b })).toBe(theirs)
    }),
    { numRuns: 60 },
  )
})
