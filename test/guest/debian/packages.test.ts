import { expect, test } from 'vitest'
import { closure, parsePackages } from '../../../src/guest/debian/packages.ts'

const stanza = (name: string, version: string, fields: Record<string, string> = {}) =>
  [
    `Package: ${name}`,
    `Version: ${version}`,
    ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`),
    `SHA256: ${'0'.repeat(64)}`,
    'Size: 10',
    `Filename: pool/${name}.deb`,
  ].join('\n')

const uri = 'http://deb.test/debian'
const of = (...stanzas: string[]) => ({ uri, text: stanzas.join('\n\n') })
const index = parsePackages(
  of(
    stanza('app', '1', { 'Pre-Depends': 'libc (>= 2.36)', Depends: 'shell | other-shell, helper:any, mta' }),
    stanza('libc', '2.41'),
    stanza('other-shell', '1', { Provides: 'sh (= 1)' }),
    stanza('helper', '1', { Depends: 'installer-only, libc' }),
    stanza('installer-only', '1', { Depends: 'perl' }),
    stanza('postfix', '3', { Provides: 'mta,\n mail-reader' }),
    stanza('loop-a', '1', { Depends: 'loop-b' }),
    stanza('loop-b', '1', { Depends: 'loop-a' }),
    stanza('broken', '1', { Depends: 'nowhere | neither' }),
    stanza('old-api-user', '1', { Depends: 'api (>= 2) | api-compat' }),
    stanza('api', '1'),
    stanza('api-v3', '9', { Provides: 'api (= 3), unversioned' }),
    stanza('picky', '1', { Depends: 'unversioned (>= 1)' }),
    stanza('Bad_Name', '1'),
    stanza('bad-version', '$(reboot)'),
  ),
  of(stanza('libc', '2.41+deb13u1')),
)
const names = (wanted: string[], without: string[] = []) =>
  closure(index, wanted, new Set(without)).packages.map((one) => one.name)

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

test('an alternative counts only with the version that is asked for, and so does what a package provides', () => {
  expect(names(['old-api-user'])).toEqual(['api-v3', 'old-api-user'])
  expect(closure(index, ['picky'], new Set()).problems).toEqual([
    { missing: 'unversioned (>= 1)', neededBy: 'picky' },
  ])
})

test('a package whose name or version Debian Policy does not allow is not in the index', () => {
  expect(index.get('Bad_Name')).toBeUndefined()
  expect(index.get('bad-version')).toBeUndefined()
})

test('every version of a package is in the index with its address on its own mirror', () => {
  expect(index.versions('libc').map(({ version }) => version)).toEqual(['2.41+deb13u1', '2.41'])
  expect(index.get('libc')?.url).toBe(`${uri}/pool/libc.deb`)
})

test('of two indexes the newer version counts', () => {
  expect(index.get('libc')?.version).toBe('2.41+deb13u1')
})

test('an unsatisfied dependency is reported with the package that needs it', () => {
  expect(closure(index, ['broken', 'absent'], new Set()).problems).toEqual([
    { missing: 'nowhere | neither', neededBy: 'broken' },
    { missing: 'absent', neededBy: 'the guest' },
  ])
})
