/** Differences in a running guest that a planned restart of the VM removes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differencesOf } from '../../src/cli/views/drift.ts'
import { observedValue, present } from '../../src/observation.ts'
import { clusterPlan } from '../../src/reconcile/cluster.ts'
import { only } from '../../src/reconcile/only.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { upTo } from '../../src/reconcile/up-to.ts'
import { desired, observed } from '../support/reconcile/arbitrary.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { simulate } from '../support/reconcile/simulate.ts'
import { aDesired, GiB, targetOf } from '../support/reconcile/world.ts'

const before = inSyncWith(targetOf(aDesired))
const key = 'vm.max_map_count'
/** As if root in the guest had set the parameter and edited a file. */
const edited = {
  ...before,
  guest: present({
    ...observedValue(before.guest)!,
    sysctl: { [key]: present('65530') },
    files: { '/run/config/network/gateway': present('10.0.0.1\n') },
  }),
}
const moreMemory = { ...aDesired, vm: { ...aDesired.vm, memoryBytes: 3 * GiB } }
const plan = reconcile(targetOf(moreMemory), edited)
const ids = ({ operations }: typeof plan): string[] => operations.map(({ id }) => id)

test('a difference in the guest is drift, whether or not the plan restarts the VM', () => {
  expect(ids(plan)).toEqual(['vm/stop', 'vm/start', 'engine/ready'])
  expect(differencesOf(plan).map(({ path, effect }) => [path, effect])).toEqual([
    ['vm.memory', 'restart-vm'],
    [`guest.sysctl.${key}`, 'live'],
    ['guest file /run/config/network/gateway', 'live'],
  ])
})

test('a plan that leaves the restart out has operations for what the restart would have removed', () => {
  expect(ids(upTo(plan, 'reload'))).toEqual([`sysctl/set/${key}`, 'guest/write/run/config/network/gateway'])
  expect(ids(only(plan, ['sysctl']))).toEqual([`sysctl/set/${key}`])
  for (const whole of [upTo(plan, 'restart-vm'), only(plan, ['vm'])]) expect(whole).toEqual(plan)
})

test('in a plan of several machines, each machine has its own differences', () => {
  const whole = clusterPlan([
    { machine: 'm.1', plan },
    { machine: 'm.2', plan: reconcile(targetOf(moreMemory), before) },
  ])
  expect(differencesOf(whole).map(({ path }) => path)).toContain(`guest.sysctl.${key}`)
  expect(ids(upTo(whole, 'live'))).toEqual([
    `m.1/sysctl/set/${key}`,
    'm.1/guest/write/run/config/network/gateway',
  ])
})

test('files that differ because the boot data changes are not called edited', () => {
  const renamed = reconcile(targetOf({ ...moreMemory, name: 'other' }), edited)
  expect(renamed.atBoot?.map(({ id }) => id)).toEqual([`sysctl/set/${key}`])
})

test('emulated platforms in sync do not count as drift when the VM restarts', () => {
  const emulating = { ...aDesired, guest: { ...aDesired.guest, platforms: ['arm64' as const] } }
  const restarting = { ...emulating, vm: moreMemory.vm }
  const found = reconcile(targetOf(restarting), inSyncWith(targetOf(emulating)))
  expect(ids(found)).toContain('platforms/set')
  expect(differencesOf(found).map(({ path }) => path)).toEqual(['vm.memory'])
})

test('once all but the restart is carried out, the restart is all that is left', () => {
  fc.assert(
    fc.property(desired.map(targetOf), observed, (target, reality) => {
      const whole = reconcile(target, reality)
      fc.pre(whole.atBoot !== undefined)
      const after = simulate(upTo(whole, 'restart-engine'), target, reality)
      // What needs the space of a disk that grows with the restart waits for it.
      const left = (reconcile(target, after).atBoot ?? []).filter((one) => !one.after.includes('disk/grow'))
      expect(left).toEqual([])
    }),
    { numRuns: 200 },
  )
})
