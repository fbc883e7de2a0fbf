/** Restarts of nodes: one at a time, drained, and never too many managers to keep quorum. */
import { expect, test } from 'vitest'
import { orderOperations } from '../../../src/reconcile/order.ts'
import type { Operation, OperationId, Plan } from '../../../src/reconcile/plan.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import { formed, member, nothing, planOf, type SwarmWorld } from '../../support/reconcile/swarm.ts'

const three = [member('m.1', 'manager'), member('m.2', 'manager'), member('m.3', 'manager')]
const all = [...three, member('w.1', 'worker')]

const op = (machine: string, kind: Operation['kind'], after: readonly string[] = []): Operation =>
  operation({
    id: `${machine}/${kind}` as OperationId,
    machine,
    kind,
    subject: machine,
    causes: [{ path: 'vms.m.memory', from: '1GiB', to: '2GiB' }],
    after: after.map((one) => `${machine}/${one}` as OperationId),
  })
const restart = (machine: string): Operation[] => [
  op(machine, 'vm/stop'),
  op(machine, 'vm/start', ['vm/stop']),
  op(machine, 'engine/ready', ['vm/start']),
]
const plan = (operations: readonly Operation[]): Plan => ({
  ...nothing,
  operations: orderOperations(operations),
})
const ids = ({ operations }: Plan): string[] => operations.map(({ id }) => id)
const waits = ({ operations }: Plan, id: string): readonly string[] =>
  operations.find((one) => one.id === id)?.after ?? []

const withNode = (
  world: SwarmWorld,
  machine: string,
  more: Partial<SwarmWorld['nodes'][number]>,
): SwarmWorld => ({
  ...world,
  nodes: world.nodes.map((one) => (one.id === `id-${machine}` ? { ...one, ...more } : one)),
})
const leader = { manager: { isLeader: true, isReachable: true } }
const down = { state: 'down', manager: { isLeader: false, isReachable: false } } as const

test('nodes restart one after the other, each drained before and ready after, the leader last', () => {
  const world = withNode(formed(all), 'm.1', leader)
  const rolled = planOf(all, world, plan(all.flatMap(({ machine }) => restart(machine))))
  expect(ids(rolled)).toEqual(
    ['m.2', 'm.3', 'w.1', 'm.1'].flatMap((machine) =>
      ['swarm/drain', 'vm/stop', 'vm/start', 'engine/ready', 'swarm/ready'].map(
        (kind) => `${machine}/${kind}`,
      ),
    ),
  )
  expect(waits(rolled, 'm.3/swarm/drain')).toEqual(['m.2/swarm/ready'])
  expect(waits(rolled, 'm.3/vm/stop')).toEqual(['m.3/swarm/drain'])
})

test('engines restart one after the other too', () => {
  const rolled = planOf(three, formed(three), plan(three.map(({ machine }) => op(machine, 'daemon/restart'))))
  expect(waits(rolled, 'm.2/swarm/drain')).toEqual(['m.1/swarm/ready'])
  expect(waits(rolled, 'm.1/swarm/ready')).toEqual(['m.1/swarm/drain', 'm.1/daemon/restart'])
})

test('machines that only start, start at once', () => {
  const starting = plan(['m.1', 'm.2'].map((machine) => op(machine, 'vm/start')))
  expect(planOf(three, formed(three), starting).operations).toEqual(starting.operations)
})

test('a manager that is down and starts is awaited before another one restarts', () => {
  const world = withNode(formed(three), 'm.3', down)
  const running = new Map(world.running)
  running.delete('m.3')
  const operations = [...restart('m.1'), op('m.3', 'vm/start'), op('m.3', 'engine/ready', ['vm/start'])]
  const rolled = planOf(three, { ...world, running }, plan(operations))
  expect(waits(rolled, 'm.1/swarm/drain')).toEqual(['m.3/swarm/ready'])
  expect(rolled.notes).toEqual([])
})

test('a roll that was interrupted continues with the node that it left drained', () => {
  const world = withNode(formed(three), 'm.2', { availability: 'drain' })
  const rolled = planOf(three, world, plan([...restart('m.2'), ...restart('m.3')]))
  expect(ids(rolled).filter((id) => id.includes('/swarm/'))).toEqual([
    'm.2/swarm/drain',
    'm.2/swarm/ready',
    'm.3/swarm/drain',
    'm.3/swarm/ready',
  ])
})

test('a node that is down restarts first: the others need its answer', () => {
  const world = withNode(formed(three), 'm.3', down)
  const rolled = planOf(three, world, plan([...restart('m.1'), ...restart('m.3')]))
  expect(ids(rolled).filter((id) => id.endsWith('drain'))).toEqual(['m.3/swarm/drain', 'm.1/swarm/drain'])
  expect(rolled.notes).toEqual([])
})

test('a manager whose disk is made again has no vote meanwhile, and joins as another node', () => {
  const operations = [...restart('m.2'), op('m.2', 'disk/recreate', ['vm/stop'])]
  const rolled = planOf(three, formed(three), plan(operations))
  expect(ids(rolled).filter((id) => id.includes('/swarm/'))).toEqual([
    'm.2/swarm/drain',
    'm.2/swarm/demote',
    'm.2/swarm/join',
    'm.2/swarm/remove/id-m.2',
    'm.2/swarm/ready',
  ])
  expect(waits(rolled, 'm.2/vm/stop')).toContain('m.2/swarm/demote')
})

test('a restart without which no majority would answer is refused', () => {
  const world = withNode(formed(three), 'm.3', down)
  const rolled = planOf(three, world, plan(restart('m.1')))
  expect(rolled.notes).toMatchObject([
    {
      level: 'error',
      message: 'm.1 has to restart, and without it no majority of the 3 managers answers',
    },
  ])
})

test('a single node restarts without a drain, which would have nowhere to move tasks to', () => {
  const one = [member('m.1', 'manager')]
  expect(ids(planOf(one, formed(one), plan(restart('m.1'))))).not.toContain('m.1/swarm/drain')
})

test('a machine that is removed goes once its node has neither tasks nor a vote', () => {
  const five = [...three, member('m.4', 'manager'), member('m.5', 'manager')]
  const gone = ['m.4', 'm.5']
  const removed = planOf(
    three,
    formed(five),
    plan(gone.map((machine) => op(machine, 'machine/remove'))),
    gone,
  )
  for (const machine of gone) {
    const order = ids(removed).filter((id) => id.startsWith(machine))
    expect(order).toEqual([
      `${machine}/swarm/demote`,
      `${machine}/swarm/drain`,
      `${machine}/machine/remove`,
      `${machine}/swarm/remove/id-${machine}`,
    ])
  }
  expect(waits(removed, 'm.5/swarm/demote')).toEqual(['m.4/swarm/demote'])
})

test('a restart waits for changes of the membership, which it would interrupt', () => {
  const world = withNode(formed(all), 'w.1', { labels: { a: 'b' } })
  const rolled = planOf(all, world, plan(restart('m.1')))
  expect(waits(rolled, 'm.1/swarm/drain')).toContain('w.1/swarm/labels')
})

test('a machine on an unreachable host is left as found, and no operation waits for one of it', () => {
  const world = formed(three)
  const rolled = planOf(all, world, plan(restart('m.1')), [], ['w.1'])
  const planned = new Set(ids(rolled))
  expect([...planned].filter((id) => id.startsWith('w.1/'))).toEqual([])
  expect(rolled.operations.flatMap(({ after }) => after.filter((id) => !planned.has(id)))).toEqual([])
  expect(planned).toContain('m.1/swarm/drain')
})

test('while a manager is unreachable, nodes restart and no role changes', () => {
  const members = [...three, member('m.4', 'manager')]
  const rolled = planOf(members, formed(three), plan(restart('m.1')), [], ['m.3'])
  expect(ids(rolled).filter((id) => id.includes('/swarm/'))).toEqual(['m.1/swarm/drain', 'm.1/swarm/ready'])
})

test('an unreachable machine that the swarm has as a manager blocks changes of roles, whatever its role in the file', () => {
  const members = [
    member('m.1', 'manager'),
    member('m.2', 'manager'),
    member('m.3', 'worker'),
    member('m.4', 'manager'),
  ]
  expect(ids(planOf(members, formed(three), nothing, [], ['m.3']))).toEqual([])
})
