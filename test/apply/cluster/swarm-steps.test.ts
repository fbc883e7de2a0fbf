/** Observation, plan and steps of a swarm together, with engines in memory. */
import { beforeEach, expect, test } from 'vitest'
import { memberOf, swarmPlaces } from '../../../src/apply/cluster/swarm.ts'
import { swarmSteps } from '../../../src/apply/cluster/swarm-steps.ts'
import type { Desired, SwarmRole } from '../../../src/config/desired.ts'
import { observeSwarm } from '../../../src/observe/swarm.ts'
import type { Operation } from '../../../src/reconcile/plan.ts'
import { withSwarm } from '../../../src/reconcile/swarm/swarm.ts'
import { type FakeSwarm, fakeSwarm, token } from '../../support/apply/fake-swarm.ts'
import { aDesired } from '../../support/reconcile/world.ts'

let swarm: FakeSwarm
beforeEach(() => {
  swarm = fakeSwarm()
})

const machine = (
  name: string,
  role?: SwarmRole,
  labels: Record<string, string> = {},
): { desired: Desired; dockerSocket: string } => ({
  desired: {
    ...aDesired,
    network: { ...aDesired.network, address: `192.168.65.${name.charCodeAt(0)}${name.at(-1)}` },
    machine: {
      name,
      kind: name.split('.')[0] ?? '',
      alike: 3,
      cluster: 'dev',
      peers: [],
      ...(role === undefined ? {} : { swarm: { role, labels } }),
    },
  },
  dockerSocket: name,
})
const file = [
  machine('m.1', 'manager'),
  machine('m.2', 'manager'),
  machine('m.3', 'manager'),
  machine('w.1', 'worker', { disk: 'fast' }),
]

const placesOf = (machines: typeof file) =>
  swarmPlaces(machines, new Set(machines.map(({ dockerSocket }) => dockerSocket)))

async function operations(machines = file): Promise<readonly Operation[]> {
  const observed = await observeSwarm(placesOf(machines), swarm.clientOf)
  const members = machines.map(memberOf)
  return withSwarm(
    { operations: [], notes: [], unchanged: 0 },
    { members, observed, left: [], isWhole: true },
  ).operations
}

async function apply(machines = file): Promise<string[]> {
  const steps = swarmSteps(machines, { clientOf: swarm.clientOf, deadlineMs: 2_000 })
  const planned = await operations(machines)
  for (const operation of planned) await steps[operation.kind as keyof typeof steps]([operation], () => {})
  return planned.map(({ id }) => id)
}

const step = (kind: keyof ReturnType<typeof swarmSteps>, name: string, subject = ''): Promise<void> =>
  swarmSteps(file, { clientOf: swarm.clientOf, deadlineMs: 500 })[kind](
    [
      {
        id: kind,
        kind,
        machine: name,
        subject,
        effect: 'live',
        causes: [],
        interruption: { kind: 'none' },
        consent: undefined,
        after: [],
      },
    ],
    () => {},
  )

test('apply forms the swarm of the file, and the next one has nothing to do', async () => {
  await apply()
  expect([...swarm.nodes.values()].map(({ hostname, role, labels }) => [hostname, role, labels])).toEqual([
    ['m-1', 'manager', {}],
    ['m-2', 'manager', {}],
    ['m-3', 'manager', {}],
    ['w-1', 'worker', { disk: 'fast' }],
  ])
  expect(swarm.calls[1]).toBe('m.2 join 192.168.65.1092 by 192.168.65.1091')
  expect(await operations()).toEqual([])
})

test('no operation has a token in it', async () => {
  const planned = JSON.stringify(await operations())
  for (const secret of Object.values(token)) expect(planned).not.toContain(secret)
})

test('each step may run again', async () => {
  await apply()
  const before = [...swarm.nodes.values()].map(({ version: _, ...node }) => node)
  await step('swarm/init', 'm.1', 'manager')
  await step('swarm/join', 'w.1', 'worker')
  await step('swarm/promote', 'm.2', 'manager')
  await step('swarm/demote', 'w.1', 'worker')
  await step('swarm/labels', 'w.1')
  await step('swarm/ready', 'w.1')
  await step('swarm/remove', 'w.1', 'gone')
  expect([...swarm.nodes.values()].map(({ version: _, ...node }) => node)).toEqual(before)
})

test('nodes that were changed by hand are changed back', async () => {
  await apply()
  const [, two, , worker] = [...swarm.nodes.values()]
  swarm.nodes.set(two!.id, { ...two!, role: 'worker', manager: undefined })
  swarm.nodes.set(worker!.id, { ...worker!, availability: 'drain', labels: {} })
  expect(await apply()).toEqual(['m.2/swarm/promote', 'w.1/swarm/labels', 'w.1/swarm/ready'])
  expect(await operations()).toEqual([])
})

test('a manager that was lost is replaced: its old node goes, though it is a manager, and the new one joins', async () => {
  await apply()
  const lost = swarm.nodes.get(swarm.own.get('m.2') ?? '')!
  swarm.own.delete('m.2')
  swarm.nodes.set(lost.id, { ...lost, state: 'down', manager: { isLeader: false, isReachable: false } })
  await apply()
  expect(swarm.nodes.has(lost.id)).toBe(false)
  expect([...swarm.nodes.values()].filter(({ role }) => role === 'manager')).toHaveLength(3)
  expect(await operations()).toEqual([])
})

test('an engine whose node was removed by hand leaves and joins again', async () => {
  await apply()
  swarm.nodes.delete(swarm.own.get('w.1') ?? '')
  await apply()
  expect(swarm.calls).toContain('w.1 leave')
  expect(await operations()).toEqual([])
})

test('a machine without a role any more leaves, and its node is removed', async () => {
  await apply()
  const without = [...file.slice(0, 3), machine('w.1')]
  expect(await apply(without)).toEqual(['w.1/swarm/drain', 'w.1/swarm/leave'])
  expect([...swarm.nodes.values()].map(({ hostname }) => hostname)).toEqual(['m-1', 'm-2', 'm-3'])
})

test('a drain waits until the node has no task', async () => {
  await apply()
  const id = swarm.own.get('w.1') ?? ''
  swarm.tasks.set(id, 2)
  await step('swarm/drain', 'w.1')
  expect([swarm.tasks.get(id), swarm.nodes.get(id)?.availability]).toEqual([0, 'drain'])
})

test('a change that another one overtook is made again', async () => {
  await apply()
  swarm.conflicts = 1
  await step('swarm/drain', 'w.1')
  expect(swarm.nodes.get(swarm.own.get('w.1') ?? '')?.availability).toBe('drain')
})

test('a node that does not become ready in time fails with the reason', async () => {
  await apply()
  const node = swarm.nodes.get(swarm.own.get('w.1') ?? '')!
  swarm.nodes.set(node.id, { ...node, state: 'down' })
  await expect(step('swarm/ready', 'w.1')).rejects.toMatchObject({
    code: 'swarm/not-ready',
    message: 'w.1 is not ready within 0.5 s',
  })
})

test('a join that is refused fails at once', async () => {
  await apply()
  swarm.own.delete('w.1')
  const { clientOf } = swarm
  const refusing = (name: string) => ({
    ...clientOf(name),
    join: () => Promise.reject(new Error('invalid join token')),
  })
  const steps = swarmSteps(file, { clientOf: refusing, deadlineMs: 60_000 })
  const [join] = (await operations()).filter(({ kind }) => kind === 'swarm/join')
  await expect(steps['swarm/join']([join!], () => {})).rejects.toThrow('invalid join token')
})
