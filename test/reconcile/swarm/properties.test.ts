/**
 * For any state of a swarm, the plan leads to the file, and a majority of managers is up at each of its
 * steps.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation, OperationId } from '../../../src/reconcile/plan.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import type { Member } from '../../../src/reconcile/swarm/members.ts'
import { hasMajority, quorumOf } from '../../../src/reconcile/swarm/quorum.ts'
import {
  bare,
  carriedOut,
  formed,
  member,
  node,
  nothing,
  planOf,
  type SwarmWorld,
  seen,
} from '../../support/reconcile/swarm.ts'

const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'))

/** An odd number of managers, and some workers. */
const files: fc.Arbitrary<Member[]> = fc
  .tuple(fc.constantFrom(1, 3, 5), fc.nat(3), fc.nat(1), labels)
  .map(([managers, workers, plain, worn]) => [
    ...Array.from({ length: managers }, (_, i) => member(`m.${i + 1}`, 'manager')),
    ...Array.from({ length: workers }, (_, i) => member(`w.${i + 1}`, 'worker', worn)),
    ...Array.from({ length: plain }, (_, i) => member(`x.${i + 1}`)),
  ])

/** What a machine has become, whoever did that: `lost` and `left` have a node that they are not any more. */
const fates = fc.record({
  is: fc.constantFrom('node', 'node', 'node', 'none', 'lost', 'stopped'),
  role: fc.constantFrom('manager', 'worker'),
  availability: fc.constantFrom('active', 'active', 'drain'),
  labels,
})
type Fate = typeof fates extends fc.Arbitrary<infer T> ? T : never

function worldOf(members: readonly Member[], given: readonly Fate[]): SwarmWorld {
  const nodes: SwarmWorld['nodes'][number][] = []
  const running = new Map<string, string | undefined>()
  members.forEach(({ machine }, index) => {
    const { is, ...spec } = given[index]!
    const isUp = is === 'node'
    if (is !== 'none') nodes.push(node(machine, { ...spec, state: isUp ? 'ready' : 'down' }))
    if (is !== 'stopped') running.set(machine, isUp ? `id-${machine}` : undefined)
  })
  return { nodes, running }
}

const worlds = files.chain((members) =>
  fc
    .array(fates, { minLength: members.length, maxLength: members.length })
    .map((given) => ({ members, world: worldOf(members, given) }))
    // Without a majority nothing can be planned, which is another test's subject.
    .filter(({ world }) => seen(world, members).nodes.state === 'present'),
)

const step = (world: SwarmWorld, one: Operation, members: readonly Member[]): SwarmWorld => {
  const next = carriedOut(world, one, members)
  expect(hasMajority(quorumOf(next.nodes)), `after ${one.id}`).toBe(true)
  return next
}

test('the plan keeps a majority at each step, and leads to the nodes of the file', () => {
  fc.assert(
    fc.property(worlds, ({ members, world }) => {
      const stopped = members.filter(({ machine }) => !world.running.has(machine))
      const starts = stopped.flatMap(({ machine }) => started(machine))
      const plan = planOf(members, world, { ...nothing, operations: starts })
      const after = plan.operations.reduce((reality, one) => step(reality, one, members), world)
      if (plan.notes.some(({ drift }) => drift === true)) return
      expect(planOf(members, after).operations.map(({ id }) => id)).toEqual([])
      const ofFile = members.flatMap(({ machine, swarm }) =>
        swarm === undefined ? [] : [[machine.replace('.', '-'), [swarm.role, 'active', { ...swarm.labels }]]],
      )
      const found = after.nodes.map((one) => [one.hostname, [one.role, one.availability, { ...one.labels }]])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(ofFile))
      expect(found).toHaveLength(ofFile.length)
    }),
    { numRuns: 300 },
  )
})

test('from nothing, the plan forms the swarm of the file', () => {
  fc.assert(
    fc.property(files, (members) => {
      const world = bare(members)
      const after = planOf(members, world).operations.reduce(
        (reality, one) => step(reality, one, members),
        world,
      )
      expect(planOf(members, after).operations).toEqual([])
    }),
  )
})

test.each([false, true])('a roll of all nodes keeps a majority at each step (new disks: %s)', (recreates) => {
  fc.assert(
    fc.property(files, (members) => {
      const kinds = ['vm/stop', ...(recreates ? (['disk/recreate'] as const) : [])] as const
      const restarts = members.flatMap(({ machine }) => [
        op(machine, 'vm/stop'),
        ...(recreates ? [op(machine, 'disk/recreate', ['vm/stop'])] : []),
        ...started(machine, ...kinds),
      ])
      const world = formed(members)
      const plan = planOf(members, world, { ...nothing, operations: restarts })
      expect(plan.notes.filter(({ level }) => level === 'error')).toEqual([])
      const isSingle = members.filter(({ swarm }) => swarm?.role === 'manager').length === 1
      const after = plan.operations.reduce((reality, one) => {
        const next = carriedOut(reality, one, members)
        expect(isSingle || hasMajority(quorumOf(next.nodes)), `after ${one.id}`).toBe(true)
        return next
      }, world)
      if (!(isSingle && recreates)) expect(planOf(members, after).operations).toEqual([])
    }),
  )
})

const op = (machine: string, kind: Operation['kind'], after: readonly string[] = []): Operation =>
  operation({
    id: `${machine}/${kind}` as OperationId,
    machine,
    kind,
    subject: machine,
    causes: [],
    after: after.map((one) => `${machine}/${one}` as OperationId),
  })
const started = (machine: string, ...after: string[]): Operation[] => [
  op(machine, 'vm/start', after),
  op(machine, 'engine/ready', ['vm/start']),
]
