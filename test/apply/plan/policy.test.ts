import { expect, test } from 'vitest'
import { findViolations, refuseForbidden, refuseHosts } from '../../../src/apply/plan/policy.ts'
import { evaluate } from '../../../src/config/load.ts'
import { siteFileOf } from '../../../src/config/policy/site.ts'
import { plain } from '../../../src/config/read/tree.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import { only } from '../../../src/reconcile/only.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import { inSyncWith } from '../../support/reconcile/reality.ts'
import { aDesired, GiB, targetOf } from '../../support/reconcile/world.ts'

const load = (text: string) =>
  evaluate(
    [{ shown: 'desktop.yaml', path: '/shop/desktop.yaml' }],
    { env: {} },
    () => `apiVersion: desktop/v1\n${text}`,
  )
const { rules: site } = siteFileOf(
  'apiVersion: desktop/v1\npolicy:\n  - { name: cap, path: vm.memory, max: 4GiB, message: laptops have 8 }\n  - { name: no-loss, effect: recreate }\n',
  '/etc/desktop/policy.yaml',
)

/** The plan that changes `aDesired` to this. */
const planTo = (desired: typeof aDesired) => reconcile(targetOf(desired), inSyncWith(targetOf(aDesired)))
const smaller = { ...aDesired, vm: { ...aDesired.vm, diskBytes: GiB } }

test('a violation names rule, reason, key and the place of both', () => {
  const config = load('vm:\n  memory: 8GiB\n')
  expect(findViolations(site, config)).toMatchObject([
    {
      rule: 'cap',
      severity: 'error',
      message: 'laptops have 8: vm.memory is 8GiB; at most 4GiB is allowed',
      path: 'vm.memory',
      from: '/etc/desktop/policy.yaml:3:13',
      at: { file: 'desktop.yaml', line: 3, column: 11 },
    },
  ])
})

test.each([
  'policy: []',
  'policy: [{ name: cap, path: vm.memory, max: 64GiB }]',
  'policy: [{ name: cap, path: vm.memory, max: 64GiB, severity: warn }]',
])('what the file says cannot weaken the site: %s', (own) => {
  const config = load(`${own}\nvm: { memory: 8GiB }\n`)
  const found = findViolations([...site, ...config.rules], config)
  expect(found.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)).toEqual(['cap'])
})

test('a denied effect is reported with its operation and cause, and only for plans that have one', () => {
  const plan = planTo(smaller)
  expect(findViolations(site, { desired: smaller }, plan)).toMatchObject([
    {
      rule: 'no-loss',
      path: 'vm.disk',
      message: expect.stringContaining('delete and recreate the data disk (recreate) because of vm.disk'),
    },
  ])
  expect(findViolations(site, { desired: aDesired }, planTo(aDesired))).toEqual([])
})

test('a part of the plan without the denied operation is allowed', () => {
  const part = only(planTo({ ...smaller, dns: { ...aDesired.dns, search: ['a.test'] } }), ['dns'])
  expect(part.operations.map(({ kind }) => kind)).toEqual(['dns/set'])
  expect(findViolations(site, { desired: smaller }, part)).toEqual([])
})

test('an effect with a path denies only what that key causes', () => {
  const { rules } = load('policy: [{ name: r, effect: [restart-vm, recreate], path: vm.memory }]\n')
  const more = { ...aDesired, vm: { ...aDesired.vm, memoryBytes: 4 * GiB } }
  const cpus = { ...aDesired, vm: { ...aDesired.vm, cpus: 4 } }
  expect(findViolations(rules, { desired: more }, planTo(more)).length).toBeGreaterThan(0)
  expect(findViolations(rules, { desired: cpus }, planTo(cpus))).toEqual([])
})

test('all violations are reported at once with exit code 5; warnings alone refuse nothing', () => {
  const config = load(
    'policy: [{ name: few, path: vm.cpus, max: 1, severity: warn }, { name: one, path: vm.cpus, max: 1 }]\nvm: { memory: 8GiB }\n',
  )
  const found = findViolations([...site, ...config.rules], config)
  const refused = (): void => refuseForbidden(found)
  expect(refused).toThrow(DesktopError)
  try {
    refused()
  } catch (error) {
    const { code, exitCode, others, at } = error as DesktopError
    expect({ code, exitCode, others: others.map(({ message }) => message), line: at?.line }).toEqual({
      code: 'policy/violated',
      exitCode: 5,
      others: ['one: vm.cpus is 2; at most 1 is allowed (by default)'],
      line: 3,
    })
  }
  expect(() => refuseForbidden(found.filter(({ severity }) => severity === 'warn'))).not.toThrow()
})

test('a host that a rule forbids is refused before a plan; other violations are left to the plan', async () => {
  const rules =
    'policy:\n  - { name: h, path: hosts.*.ssh, allow: me@b }\n  - { name: m, path: vm.memory, max: 1MiB }\n'
  const ofHost = (ssh: string) => {
    const config = load(`${rules}hosts: { b: { ssh: ${ssh} } }\nvms: { m: { memory: 2GiB, host: b } }\n`)
    return refuseHosts([{ ...config, written: plain(config.tree) }])
  }
  await expect(ofHost('me@b')).resolves.toBe(undefined)
  await expect(ofHost('root@db')).rejects.toMatchObject({ code: 'policy/violated', others: [] })
})
