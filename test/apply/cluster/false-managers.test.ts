/** Engines that are compromised say that they are managers, or name another machine's node as their own. */
import { beforeEach, expect, test } from 'vitest'
import { memberOf, swarmPlaces } from '../../../src/apply/cluster/swarm.ts'
import { swarmAccess } from '../../../src/apply/cluster/swarm-access.ts'
import { swarmSteps } from '../../../src/apply/cluster/swarm-steps.ts'
import type { Desired, SwarmRole } from '../../../src/config/desired.ts'
import type { SwarmClient } from '../../../src/engine/swarm.ts'
import { observedValue } from '../../../src/observation.ts'
import { observeSwarm } from '../../../src/observe/swarm.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import { withSwarm } from '../../../src/reconcile/swarm/swarm.ts'
import { type FakeSwarm, fakeSwarm } from '../../support/apply/fake-swarm.ts'
import { aDesired } from '../../support/reconcile/world.ts'

type Machine = { desired: Desired; dockerSocket: string }
const machine = (name: string, role: SwarmRole): Machine => {
  const [kind = '', number = ''] = name.split('.')
  const network = { ...aDesired.network, address: `192.168.65.${kind === 'm' ? 1 : 2}${number}` }
  const own = { name, kind, alike: 1, cluster: 'dev', peers: [], swarm: { role, labels: {} } }
  return { desired: { ...aDesired, network, machine: own }, dockerSocket: name }
}
/** Kinds are in the order of the file. */
const file = [machine('w.1', 'worker'), machine('m.1', 'manager')]

let swarm: FakeSwarm
/** Asked for more than their own state. */
let trusted: Set<string>
let lies: Partial<Awaited<ReturnType<SwarmClient['self']>>>
let isDown: (name: string) => boolean

beforeEach(async () => {
  swarm = fakeSwarm()
  trusted = new Set()
  lies = { isManager: true }
  isDown = () => false
  await swarm.clientOf('m.1').init('192.168.65.11', '')
  await swarm.clientOf('w.1').join('192.168.65.21', ['192.168.65.11'], 'SWMTKN-1-worker')
})

const clientOf = (name: string): SwarmClient => {
  const client = swarm.clientOf(name)
  const self = async () => {
    if (isDown(name)) throw new Error('refused')
    return { ...(await client.self()), ...(name === 'w.1' ? lies : {}) }
  }
  const nodes = async () => {
    trusted.add(name)
    return name === 'w.1' ? [] : await client.nodes()
  }
  return { ...client, self, nodes }
}

const access = (machines = file) => swarmAccess(machines, { clientOf, deadlineMs: 200 })
const observe = async (machines = file) => {
  const up = machines.map(({ dockerSocket }) => dockerSocket).filter((name) => !isDown(name))
  return await observeSwarm(swarmPlaces(machines, new Set(up)), clientOf)
}

test('secrets go to a manager of the file, whatever other engines say', async () => {
  expect(await access().managerSocket()).toBe('m.1')
  isDown = (name) => name === 'm.1'
  await expect(access().managerSocket()).rejects.toThrow()
})

test('an engine that no manager confirms is not asked for nodes, and nothing of the swarm is changed', async () => {
  expect(observedValue((await observe()).nodes)?.nodes).toHaveLength(2)
  isDown = (name) => name === 'm.1'
  const observed = await observe()
  expect(observed.nodes.state).toBe('unknown')
  expect(trusted).toEqual(new Set(['m.1']))
  const plan = withSwarm(
    { operations: [], notes: [], unchanged: 0 },
    { members: file.map(memberOf), observed, left: [], isWhole: true },
  )
  expect(plan.operations).toEqual([])
  expect(plan.notes).toContainEqual(
    expect.objectContaining({
      message: 'w.1 calls itself a manager of the swarm, and no manager of the file confirms it',
    }),
  )
})

test('a manager that is to become a worker is believed, because the worker that replaces it knows it', async () => {
  lies = {}
  const swapped = [machine('w.1', 'manager'), machine('m.1', 'worker')]
  expect(await access(swapped).managerSocket()).toBe('m.1')
  expect(observedValue((await observe(swapped)).nodes)?.nodes).toHaveLength(2)
})

test('an engine that names the node of a manager cannot have it drained, demoted or removed', async () => {
  const node = swarm.own.get('m.1') ?? ''
  lies = { nodeId: node }
  const before = swarm.nodes.get(node)
  const steps = swarmSteps(file, { clientOf, deadlineMs: 200 })
  const step = (kind: 'swarm/drain' | 'swarm/demote' | 'swarm/leave') =>
    steps[kind]([{ ...operation({ kind, subject: '', causes: [] }), machine: 'w.1' }], () => {})
  await expect(step('swarm/drain')).rejects.toMatchObject({ code: 'swarm/not-ready' })
  await expect(step('swarm/demote')).rejects.toMatchObject({ code: 'swarm/not-ready' })
  await step('swarm/leave')
  expect(swarm.nodes.get(node)).toEqual(before)
})
