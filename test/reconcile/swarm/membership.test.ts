/** Init, join, roles, labels, leave: the plan for a file and the reported state of its engines. */
import { expect, test } from 'vitest'
import { present, unknown } from '../../../src/observation.ts'
import type { Plan } from '../../../src/reconcile/plan.ts'
import { hostnameOf } from '../../../src/reconcile/swarm/members.ts'
import { withSwarm } from '../../../src/reconcile/swarm/swarm.ts'
import { bare, formed, member, node, planOf, type SwarmWorld, seen } from '../../support/reconcile/swarm.ts'

const three = [member('m.1', 'manager'), member('m.2', 'manager'), member('m.3', 'manager')]
const five = [...three, member('w.1', 'worker', { disk: 'fast' }), member('w.2', 'worker')]

const ids = ({ operations }: Plan): string[] => operations.map(({ id }) => id)
const waits = ({ operations }: Plan, id: string): readonly string[] =>
  operations.find((one) => one.id === id)?.after ?? []
const changed = (world: SwarmWorld, machine: string, more: Parameters<typeof node>[1]): SwarmWorld => ({
  ...world,
  nodes: world.nodes.map((one) => (one.id === `id-${machine}` ? { ...one, ...more } : one)),
})

test('a file without roles asks nothing of the swarm', () => {
  const alone = [member('m.1'), member('m.2')]
  expect(planOf(alone, bare(alone))).toEqual({ operations: [], notes: [], unchanged: 0 })
})

test('the first manager forms the swarm, managers join one after the other, and workers once there is a swarm', () => {
  const plan = planOf(five, bare(five))
  expect(ids(plan)).toEqual([
    'm.1/swarm/init',
    'm.2/swarm/join',
    'm.3/swarm/join',
    'w.1/swarm/join',
    'w.2/swarm/join',
    'w.1/swarm/labels',
  ])
  expect(waits(plan, 'm.3/swarm/join')).toEqual(['m.2/swarm/join'])
  expect(plan.operations[1]?.causes).toEqual([{ path: 'vms.m.swarm', from: undefined, to: 'manager' }])
})

test('a swarm that matches the file needs no operation', () => {
  expect(planOf(five, formed(five))).toEqual({ operations: [], notes: [], unchanged: 1 })
})

test('nodes that were changed by hand are changed back, each difference with its key', () => {
  let world = changed(formed(five), 'm.2', { role: 'worker', manager: undefined })
  world = changed(world, 'w.1', { labels: { other: 'x' }, availability: 'drain' })
  world = changed(world, 'w.2', { role: 'manager', manager: { isLeader: false, isReachable: true } })
  const plan = planOf(five, world)
  expect(ids(plan)).toEqual(['m.2/swarm/promote', 'w.2/swarm/demote', 'w.1/swarm/labels', 'w.1/swarm/ready'])
  expect(plan.operations.flatMap(({ causes }) => causes)).toEqual([
    { path: 'vms.m.swarm', from: 'worker', to: 'manager' },
    { path: 'vms.w.swarm', from: 'manager', to: 'worker' },
    { path: 'vms.w.labels.disk', from: undefined, to: 'fast' },
    { path: 'vms.w.labels.other', from: 'x', to: undefined },
    { path: 'swarm.w.1.availability', from: 'drain', to: 'active' },
  ])
})

test('a node that left by hand joins again, and what it was is removed', () => {
  const world = changed(formed(five), 'w.1', { state: 'down' })
  const plan = planOf(five, { ...world, running: new Map([...world.running, ['w.1', undefined]]) })
  expect(ids(plan)).toEqual(['w.1/swarm/remove/id-w.1', 'w.1/swarm/join', 'w.1/swarm/labels'])
})

test('a lost manager is removed before its successor joins, so that a majority answers all the time', () => {
  const lost = changed(formed(three), 'm.2', {
    state: 'down',
    manager: { isLeader: false, isReachable: false },
  })
  const world = { ...lost, running: new Map([...lost.running, ['m.2', undefined]]) }
  const plan = planOf(three, world)
  expect(ids(plan)).toEqual(['m.2/swarm/remove/id-m.2', 'm.2/swarm/join'])
  expect(waits(plan, 'm.2/swarm/join')).toContain('m.2/swarm/remove/id-m.2')
})

test('a stopped machine is its node by name, and nothing is planned for it', () => {
  const world = changed(formed(five), 'w.1', { state: 'down' })
  const running = new Map(world.running)
  running.delete('w.1')
  expect(ids(planOf(five, { ...world, running }))).toEqual([])
})

test('a machine without a role leaves the swarm once it is drained and no manager', () => {
  const members = [...five, member('x.1', 'worker')]
  const world = changed(formed(members), 'x.1', {
    role: 'manager',
    manager: { isLeader: false, isReachable: true },
  })
  const plan = planOf([...five, member('x.1')], world)
  expect(ids(plan)).toEqual(['x.1/swarm/demote', 'x.1/swarm/drain', 'x.1/swarm/leave'])
})

test('a manager that the others need stays one, and the plan says so', () => {
  const members = [member('m.1', 'manager'), member('m.2', 'worker'), member('m.3', 'worker')]
  const all = formed(three)
  const world = changed(all, 'm.3', { state: 'down', manager: { isLeader: false, isReachable: false } })
  const running = new Map(world.running)
  running.delete('m.3')
  const plan = planOf(members, { ...world, running })
  expect(ids(plan)).toEqual(['m.3/swarm/demote'])
  expect(plan.notes).toMatchObject([{ level: 'warning', drift: true }])
})

test('nodes that are not in the file are left alone, and those of machines that are gone are removed', () => {
  const world = formed(five)
  const more = [node('other.1', { hostname: 'laptop' }), node('w.9', { state: 'down' })]
  const plan = planOf(five, { ...world, nodes: [...world.nodes, ...more] })
  expect(ids(plan)).toEqual(['w.9/swarm/remove/id-w.9'])
  expect(plan.notes.map(({ message }) => message)).toEqual([
    'the node laptop is not in the file; it is left alone',
  ])
})

test('a machine in another swarm is left there, and differs from the file', () => {
  const world = formed(five)
  const observed = seen(world, five)
  const other = {
    state: 'active',
    nodeId: 'elsewhere',
    isManager: true,
    clusterId: 'z',
    managers: [],
  } as const
  const plan = withSwarm(
    { operations: [], notes: [], unchanged: 0 },
    {
      members: five,
      observed: { ...observed, selves: { ...observed.selves, 'w.2': { state: 'present', value: other } } },
      left: [],
      isWhole: true,
    },
  )
  expect(ids(plan)).toEqual(['w.2/swarm/remove/id-w.2'])
  expect(plan.notes).toMatchObject([{ message: 'w.2 is in another swarm', drift: true }])
})

test('without an answer of a manager nothing is changed, and no machine is removed', () => {
  const observed = { ...seen(formed(five), five), nodes: unknown('no quorum') }
  const plan = withSwarm(
    { operations: [], notes: [], unchanged: 0 },
    { members: five, observed, left: ['m.4'], isWhole: true },
  )
  expect(ids(plan)).toEqual([])
  expect(plan.notes.map(({ level }) => level)).toEqual(['info', 'error'])
})

test('workers of a swarm that lost its only manager join the new one', () => {
  const file = [member('m.1', 'manager'), member('w.1', 'worker')]
  const observed = seen(
    {
      nodes: [],
      running: new Map([
        ['m.1', undefined],
        ['w.1', 'id-w.1'],
      ]),
    },
    file,
  )
  const worker = { state: 'active', nodeId: 'id-w.1', isManager: false, clusterId: undefined } as const
  const planWith = (managers: readonly string[]): Plan =>
    withSwarm(
      { operations: [], notes: [], unchanged: 0 },
      {
        members: file,
        observed: {
          ...observed,
          selves: { ...observed.selves, 'w.1': { state: 'present', value: { ...worker, managers } } },
        },
        left: [],
        isWhole: true,
      },
    )
  expect(ids(planWith([file[0]!.address]))).toEqual(['m.1/swarm/init', 'w.1/swarm/join'])
  expect(ids(planWith(['10.9.9.9']))).toEqual([])
})

const nobody = { operations: [], notes: [], unchanged: 0 }
const replaced = [member('n.1', 'manager'), member('w.1', 'worker')]
const worker = { state: 'active', nodeId: 'id-w.1', isManager: false, clusterId: undefined } as const

test('workers whose managers are all removed at once make the plan an error that says what to do first', () => {
  const observed = seen({ nodes: [], running: new Map([['n.1', undefined]]) }, replaced)
  const { operations, notes } = withSwarm(nobody, {
    members: replaced,
    observed: {
      ...observed,
      selves: { ...observed.selves, 'w.1': present({ ...worker, managers: ['10.1.109.1'] }) },
    },
    left: ['m.1'],
    isWhole: true,
  })
  expect(operations).toEqual([])
  expect(notes.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      about: 'swarm',
      message: 'no machine of the file is a manager of the swarm yet, and without m-1 it may have none',
      hint: 'add the new managers first, an odd number together with the old ones, and apply; then take the old ones out',
    },
  ])
})

test.each([
  ['left', ['m.1'], []],
  ['moved to another host', [], ['n.1']],
])('a new swarm in place of one whose managers are %s is a warning', (_what, left, moved) => {
  const members = replaced.slice(0, 1)
  const observed = seen({ nodes: [], running: new Map([['n.1', undefined]]) }, members)
  const { operations, notes } = withSwarm(nobody, { members, observed, left, moved, isWhole: true })
  expect(operations.map(({ id }) => id)).toEqual(['n.1/swarm/init'])
  expect(notes).toMatchObject([
    {
      level: 'warning',
      message: expect.stringContaining(`if ${[...left, ...moved].map(hostnameOf).join()} had one`),
    },
  ])
  expect(withSwarm(nobody, { members, observed, left: [], isWhole: true }).notes).toEqual([])
})
