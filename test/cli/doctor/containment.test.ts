import { expect, test } from 'vitest'
import { containmentCheck, supervisorCheck, userCheck } from '../../../src/cli/doctor/containment.ts'

const status = (seccomp: number, noNewPrivs: number, capEff: string): string =>
  `Name:\tqemu\nNoNewPrivs:\t${noNewPrivs}\nSeccomp:\t${seccomp}\nSeccomp_filters:\t1\nCapEff:\t${capEff}\n`

test.each([
  ['all of it', status(2, 1, '0000000000000000'), 'good', 'seccomp'],
  ['root without its capabilities', status(2, 1, '0000000000000006'), 'good', 'no capabilities of root'],
  ['root with all of them', status(2, 1, '000001ffffffffff'), 'limited', 'missing: no capabilities of root'],
  ['no filter', status(0, 1, '0000000000000000'), 'limited', 'missing: system calls filtered'],
  ['an older supervisor', status(2, 0, '0000000000000000'), 'limited', 'missing: no new privileges'],
])('a QEMU with %s is %s', (_what, text, state, found) => {
  expect(containmentCheck(text, [])).toMatchObject([{ state, found: expect.stringContaining(found) }])
})

test('without a running QEMU its containment is not reported', () => {
  expect(containmentCheck(undefined, [])).toEqual([])
})

test('root is warned, nobody else is', () => {
  expect(userCheck(0)).toMatchObject([{ state: 'limited' }])
  expect(userCheck(1000)).toEqual([])
})

test('shared namespaces of QEMU are named, and the fix names the missing tools', () => {
  const all = status(2, 1, '0000000000000000')
  expect(containmentCheck(all, [])[0]?.found).toContain('its own namespaces')
  expect(containmentCheck(all, ['user', 'pid'])).toMatchObject([
    {
      state: 'limited',
      found: 'missing: its own namespaces (user, pid)',
      fix: expect.stringContaining('unshare --map-root-user'),
    },
  ])
})

const limits = (size: string): string =>
  `Limit  Soft Limit  Hard Limit  Units\nMax core file size        ${size}  ${size}  bytes\n`

test('what holds the supervisor back is listed, or missing by name', () => {
  const status = 'NoNewPrivs:\t1\nSeccomp:\t2\n'
  expect(supervisorCheck(status, limits('0'))).toMatchObject([
    { state: 'good', found: 'system calls filtered (seccomp), no new privileges, no core dumps' },
  ])
  expect(supervisorCheck(status, limits('unlimited'))).toMatchObject([{ found: 'missing: no core dumps' }])
  expect(supervisorCheck('NoNewPrivs:\t0\n', limits('0'))).toMatchObject([
    { found: 'missing: system calls filtered (seccomp), no new privileges' },
  ])
  expect(supervisorCheck(undefined, undefined)).toEqual([])
})
