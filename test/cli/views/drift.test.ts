/** `desktop drift` of several machines: every format names the machine of each difference. */
import { expect, test } from 'vitest'
import { planDocument } from '../../../src/apply/plan/document.ts'
import { driftDocument, driftTexts, driftView } from '../../../src/cli/views/drift.ts'
import { githubReport, junitReport, sarifReport } from '../../../src/cli/views/drift-reports.ts'
import { changesOf } from '../../../src/cli/views/watch.ts'
import { clusterPlan } from '../../../src/reconcile/cluster.ts'
import type { Plan } from '../../../src/reconcile/plan.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import { expectValid } from '../../support/cli/json-schemas.ts'

const withoutDisk: Plan = {
  operations: [
    operation({
      kind: 'disk/create',
      subject: 'data disk',
      causes: [{ path: 'vm.disk', from: undefined, to: '20GiB' }],
    }),
  ],
  notes: [],
  unchanged: 3,
}
const names = ['m.1', 'm.2', 'w.1']
const cluster = clusterPlan(names.map((machine) => ({ machine, plan: withoutDisk })))
const identity = {
  ...{ toolVersion: '0.1.0', environment: 'lab', environmentId: null, bootId: 'b', configHash: 'c' },
  observedHash: 'o',
}
const driftOf = (plan: Plan) => driftDocument(planDocument(plan, [], identity))

test('equal differences of several machines are listed once per machine, with its name', () => {
  const drift = driftOf(cluster)
  expectValid('drift', drift)
  expect(drift.differences).toEqual(
    names.map((machine) => ({
      ...{ machine, path: 'vm.disk', from: undefined, to: '20GiB', effect: 'live' },
    })),
  )
  const text = driftView(drift, { style: (_style, plain) => plain })
  expect(text).toContain('lab: 3 differences from the file')
  for (const machine of names) expect(text).toContain(`  ${machine}: vm.disk: (none); should be 20GiB\n`)
})

test('each report for CI has one result per machine, under a name that no other one has', () => {
  const drift = driftOf(cluster)
  const github = githubReport(drift, 'desktop.yaml').trim().split('\n')
  const junit = [...junitReport(drift, 'desktop.yaml').matchAll(/<testcase [^>]*name="([^"]*)"/g)]
  const { runs } = sarifReport(drift, 'desktop.yaml') as {
    runs: { results: { message: { text: string }; partialFingerprints: Record<string, string> }[] }[]
  }
  const results = runs.flatMap((one) => one.results)
  for (const [index, machine] of names.entries()) {
    expect(github[index]).toContain(
      `title=drift in lab%3A ${machine}/vm.disk::${machine}: vm.disk: (none); should be 20GiB`,
    )
    expect(junit[index]?.[1]).toBe(`${machine}/vm.disk`)
    expect(results[index]?.message.text).toBe(`${machine}: vm.disk: (none); should be 20GiB`)
    expect(results[index]?.partialFingerprints).toEqual({ 'path/v1': `lab:${machine}/vm.disk` })
  }
})

test('a watch reports the repair of one machine while others still differ', () => {
  const look = (plan: Plan) => ({ drift: driftOf(plan), routes: [], resolvers: [], denials: undefined })
  const [first, ...rest] = cluster.operations
  const events = changesOf(look(cluster), look({ ...cluster, operations: rest }))
  expect(events).toMatchObject([{ event: 'resolved', machine: first?.machine, path: 'vm.disk' }])
})

test('a difference of the swarm, and the status of one machine, name no machine', () => {
  const stack = operation({
    kind: 'stack/update',
    machine: 'm.1',
    subject: 'service lab_web',
    causes: [{ path: 'swarm.stack.lab_web.image', from: 'box:1', to: 'box:2' }],
  })
  expect(driftOf({ ...cluster, operations: [stack] }).differences).toMatchObject([
    { path: 'swarm.stack.lab_web.image' },
  ])
  expect(driftOf({ ...cluster, operations: [stack] }).differences[0]).not.toHaveProperty('machine')
  expect(driftTexts({ operations: cluster.operations.slice(0, 1), notes: [] })).toEqual([
    'vm.disk: (none); should be 20GiB',
  ])
})
