import { expect, test } from 'vitest'
import { closure, parsePackages, parseRelations } from '../../../src/guest/debian/packages.ts'

const stanza = (name: string, version: string, fields: Record<string, string> = {}) =>
  [
    `Package: ${name}`,
    `Version: ${version}`,
    ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`),
    `SHA256: ${'0'.repeat(64)}`,
    'Size: 10',
  ].join('\n')

const index = parsePackages(
  [
    stanza('app', '1', { 'Pre-Depends': 'libc (>= 2.36)', Depends: 'shell | other-shell, helper:any, mta' }),
    stanza('libc', '2.41'),
    stanza('other-shell', '1', { Provides: 'sh (= 1)' }),
    stanza('helper', '1', { Depends: 'installer-only, libc' }),
    stanza('installer-only', '1', { Depends: 'perl' }),
    stanza('postfix', '3', { Provides: 'mta,\n mail-reader' }),
    stanza('loop-a', '1', { Depends: 'loop-b' }),
    stanza('loop-b', '1', { Depends: 'loop-a' }),
    stanza('broken', '1', { Depends: 'nowhere | neither' }),
  ].join('\n\n'),
  stanza('libc', '2.41+deb13u1'),
)
const names = (wanted: string[], without: string[] = []) =>
  closure(index, wanted, new Set(without)).packages.map((one) => one.name)

test('relations lose versions, architectures and build profiles', () => {
  expect(parseRelations('a (>= 1) | b:any, c [amd64], d <!nocheck>')).toEqual([['a', 'b'], ['c'], ['d']])
})

test('the closure takes the first alternative that exists and providers of virtual packages', () => {
  expect(names(['app'], ['installer-only'])).toEqual(['app', 'helper', 'libc', 'other-shell', 'postfix'])
})

test('a package left out takes with it what only it needs', () => {
  expect(names(['helper'], ['installer-only'])).toEqual(['helper', 'libc'])
  expect(closure(index, ['helper'], new Set(['installer-only'])).problems).toEqual([])
})

test('packages that need each other end', () => {
  expect(names(['loop-a'])).toEqual(['loop-a', 'loop-b'])
})

test('of two indexes the newer version counts', () => {
  expect(index.get('libc')?.version).toBe('2.41+deb13u1')
})

test('what nothing satisfies is said with who needs it', () => {
  expect(closure(index, ['broken', 'absent'], new Set()).problems).toEqual([
    { missing: 'nowhere | neither', neededBy: 'broken' },
    { missing: 'absent', neededBy: 'the guest' },
  ])
})
