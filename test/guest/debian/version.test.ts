import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, isPackageName, isVersion } from '../../../src/guest/debian/version.ts'

const ascending = [
  '0.9',
  '1.0~beta1~svn1245',
  '1.0~beta1',
  '1.0',
  '1.0-1~deb13u1',
  '1.0-1',
  '1.0-1+b1',
  '1.0-1+deb13u1',
  '1.0-10',
  '1.0+dfsg-1',
  '1.2',
  '1.10',
  '26.1.5+dfsg1-9+b1',
  '1:0.1',
  '2:0',
]

test('versions sort as deb-version(7) says', () => {
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      expect(Math.sign(compareVersions(a, b)), `${a} ? ${b}`).toBe(Math.sign(i - j))
    }
  }
})

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0
const digits = fc.constantFrom('', '0', '1', '9', '10', '007', '20260101123456789012', '20260101123456789013')
const letters = fc.constantFrom('', '~', '+', '.', 'a', 'Z', '~~', '+b', '.~')
const part = fc.array(fc.tuple(digits, letters), { maxLength: 4 }).map((pairs) => pairs.flat().join(''))
const version = fc
  .tuple(fc.constantFrom('', '0:', '1:'), part, fc.option(part, { nil: undefined }))
  .map(
    ([epoch, upstream, revision]) => `${epoch}1${upstream}${revision === undefined ? '' : `-0${revision}`}`,
  )

test.each(['-oAcquire::http::Proxy', '../etc', 'A', 'x', 'a b', ''])('%j is not a package name', (name) => {
  expect(isPackageName(name)).toBe(false)
})

test.each(['/checkout/x.sh', '-1', '', '1 2', '$(x)', 'a1'])('%j is not a version', (version) => {
  expect(isVersion(version)).toBe(false)
})

test.each(ascending)('%s is a version', (version) => {
  expect(isVersion(version)).toBe(true)
})

test.runIf(hasDpkg)('any two versions compare as dpkg compares them', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      const is = (relation: string) =>
        spawnSync('dpkg', ['--compare-versions', a, relation, b], { stdio: 'ignore' }).status === 0
      const ours = compareVersions(a, b)
      return ours < 0 ? is('lt') : ours > 0 ? is('gt') : is('eq')
    }),
    { numRuns: 150 },
  )
})
