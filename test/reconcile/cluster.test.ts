/** The combined plan of several machines. */
import { expect, test } from 'vitest'
import { clusterPlan, type MachinePlan } from '../../src/reconcile/cluster.ts'
import type { Plan } from '../../src/reconcile/plan.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { bareHost, inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../support/reconcile/world.ts'

const names = ['m.1', 'm.2', 'm.3']
const fresh: Plan = reconcile(targetOf(aDesired), bareHost)
const all = (plan: Plan): MachinePlan[] => names.map((machine) => ({ machine, plan }))

test('machines that match the file need no operation', () => {
  const target = targetOf(aDesired)
  const { operations, unchanged } = clusterPlan(all(reconcile(target, inSyncWith(target))))
  expect(operations).toEqual([])
  expect(unchanged).toBeGreaterThan(0)
})

test('ids name the machine, are unique, and wait for ids of the plan that come before them', () => {
  const { operations } = clusterPlan(all(fresh), [{ machine: 'w.1' }])
  const before = new Set<string>()
  for (const { id, machine, after } of operations) {
    expect(id.startsWith(`${machine}/`)).toBe(true)
    expect(before.has(id)).toBe(false)
    expect(after.filter((other) => !before.has(other))).toEqual([])
    before.add(id)
  }
})

test('packages and the image are installed and built once, and every machine waits for them', () => {
  const { operations } = clusterPlan(all(fresh))
  expect(operations.filter(({ kind }) => kind === 'image/build').map(({ id }) => id)).toEqual([
    'm.1/image/build',
  ])
  const starts = operations.filter(({ kind }) => kind === 'vm/start')
  expect(starts.map(({ after }) => after.includes('m.1/image/build'))).toEqual([true, true, true])
})

test('fresh machines start at the same time', () => {
  const starts = clusterPlan(all(fresh)).operations.filter(({ kind }) => kind === 'vm/start')
  expect(starts.map(({ after }) => after.filter((id) => id.endsWith('/vm/start')))).toEqual([[], [], []])
})

test('a machine that left the file is removed only with consent', () => {
  const target = targetOf(aDesired)
  const { operations } = clusterPlan(all(reconcile(target, inSyncWith(target))), [{ machine: 'm.4' }])
  expect(operations).toMatchObject([
    { id: 'm.4/machine/remove', consent: 'remove:machine', effect: 'recreate' },
  ])
})

test('a note of all machines appears once, any other one with their names', () => {
  const note = { level: 'info', about: 'vm', message: 'emulated' } as const
  const other = { ...note, message: 'slow' }
  const plans = all({ operations: [], notes: [note], unchanged: 1 })
  const notes = clusterPlan([
    ...plans.slice(1),
    { machine: 'm.1', plan: { operations: [], notes: [note, other], unchanged: 1 } },
  ]).notes
  expect(notes.map(({ message }) => message)).toEqual(['emulated', 'm.1: slow'])
})

test('each host builds the image once, for its own machines', () => {
  const plans = ['w.1', 'w.2'].map((machine): MachinePlan => ({ machine, host: 'builder', plan: fresh }))
  const { operations } = clusterPlan([...all(fresh), ...plans])
  const idsOf = (kind: string): string[] => operations.filter((one) => one.kind === kind).map(({ id }) => id)
  expect(idsOf('image/build')).toEqual(['m.1/image/build', 'w.1/image/build'])
  const start = operations.find(({ id }) => id === 'w.2/vm/start')
  expect(start?.after).toContain('w.1/image/build')
  expect(start?.after.filter((id) => id.startsWith('m.'))).toEqual([])
})

test('a machine that moves to another host is removed before it is created there', () => {
  const { operations } = clusterPlan([{ machine: 'w.1', host: 'builder', plan: fresh }], [{ machine: 'w.1' }])
  const create = operations.find(({ id }) => id === 'w.1/disk/create')
  expect(create?.after).toContain('w.1/machine/remove')
  expect(operations.filter(({ consent }) => consent !== undefined)).toHaveLength(1)
})

test('a machine left on two hosts has one removal, which names both', () => {
  const { operations } = clusterPlan([], [{ machine: 'w.2' }, { machine: 'w.2', host: 'builder' }])
  expect(operations.map(({ id, subject }) => [id, subject])).toEqual([
    ['w.2/machine/remove', 'with its data disk on this host and on builder'],
  ])
})
