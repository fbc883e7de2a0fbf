/** A swarm as a model: what its engines say, and what each operation makes of it. */
import type { SwarmRole } from '../../../src/config/desired.ts'
import { absent, present, unknown } from '../../../src/observation.ts'
import type { ObservedSwarm } from '../../../src/observe/swarm.ts'
import type { Operation, Plan } from '../../../src/reconcile/plan.ts'
import { hostnameOf, type Member, type SwarmNode } from '../../../src/reconcile/swarm/members.ts'
import { hasMajority, quorumOf } from '../../../src/reconcile/swarm/quorum.ts'
import { withSwarm } from '../../../src/reconcile/swarm/swarm.ts'

export const member = (
  machine: string,
  role?: SwarmRole,
  labels: Readonly<Record<string, string>> = {},
): Member => {
  const [kind = '', number = ''] = machine.split('.')
  const address = `10.1.${kind.charCodeAt(0)}.${number}`
  return { machine, kind, address, swarm: role && { role, labels } }
}

export const node = (machine: string, more: Partial<SwarmNode> = {}): SwarmNode => {
  const role = more.role ?? 'worker'
  const isUp = (more.state ?? 'ready') === 'ready'
  return {
    id: `id-${machine}`,
    version: 1,
    hostname: hostnameOf(machine),
    address: '',
    role,
    availability: 'active',
    state: 'ready',
    labels: {},
    manager: role === 'manager' ? { isLeader: false, isReachable: isUp } : undefined,
    ...more,
  }
}

export interface SwarmWorld {
  nodes: readonly SwarmNode[]
  /** Id of the node that each running machine says it is; none for one that is in no swarm. */
  running: ReadonlyMap<string, string | undefined>
}

/** A world in which machines are what their members say. */
export function formed(members: readonly Member[]): SwarmWorld {
  const ofSwarm = members.filter(({ swarm }) => swarm !== undefined)
  return {
    nodes: ofSwarm.map(({ machine, swarm }) => node(machine, { role: swarm!.role, labels: swarm!.labels })),
    running: new Map(
      members.map(({ machine, swarm }) => [machine, swarm === undefined ? undefined : `id-${machine}`]),
    ),
  }
}

export const bare = (members: readonly Member[]): SwarmWorld => ({
  nodes: [],
  running: new Map(members.map(({ machine }) => [machine, undefined])),
})

export function seen({ nodes, running }: SwarmWorld, members: readonly Member[]): ObservedSwarm {
  const answers = [...running.values()].some((id) =>
    nodes.some((one) => one.id === id && one.role === 'manager'),
  )
  const list = hasMajority(quorumOf(nodes)) ? present({ clusterId: 'c', nodes }) : unknown('no quorum')
  return {
    selves: Object.fromEntries(
      members.map(({ machine }) => {
        if (!running.has(machine)) return [machine, absent]
        const nodeId = running.get(machine) ?? ''
        const isManager = nodes.some(({ id, role }) => id === nodeId && role === 'manager')
        const state = nodeId === '' ? 'inactive' : 'active'
        const clusterId = isManager ? 'c' : undefined
        return [machine, present({ state, nodeId, isManager, clusterId, managers: [] } as const)]
      }),
    ),
    nodes: answers ? list : absent,
  }
}

export const nothing: Plan = { operations: [], notes: [], unchanged: 0 }

export const planOf = (
  members: readonly Member[],
  world: SwarmWorld,
  plan: Plan = nothing,
  left: readonly string[] = [],
  lost: readonly string[] = [],
): Plan =>
  withSwarm(plan, { members, observed: seen(world, members), left, isWhole: true, lost: new Set(lost) })

/** What the operation leaves behind. Throws where the engine would refuse. */
export function carriedOut(
  world: SwarmWorld,
  { kind, machine = '', subject }: Operation,
  members: readonly Member[],
): SwarmWorld {
  const id =
    world.running.get(machine) ?? world.nodes.find(({ hostname }) => hostname === hostnameOf(machine))?.id
  const change = (more: Partial<SwarmNode>): SwarmWorld => ({
    ...world,
    nodes: world.nodes.map((one) => (one.id === id ? { ...one, ...more } : one)),
  })
  const vote = { isLeader: false, isReachable: true }
  switch (kind) {
    case 'swarm/init':
    case 'swarm/join': {
      if (world.running.get(machine) !== undefined) throw new Error(`${machine} is a node already`)
      const fresh = node(machine, { id: `new-${machine}`, role: subject as SwarmRole })
      return {
        nodes: [...world.nodes, fresh],
        running: new Map([...world.running, [machine, fresh.id]]),
      }
    }
    case 'swarm/promote':
      return change({ role: 'manager', manager: vote })
    case 'swarm/demote':
      return change({ role: 'worker', manager: undefined })
    case 'swarm/labels':
      return change({ labels: members.find((one) => one.machine === machine)?.swarm?.labels ?? {} })
    case 'swarm/drain':
      return change({ availability: 'drain' })
    case 'swarm/ready':
      return change({
        availability: 'active',
        state: 'ready',
        ...(world.nodes.find((one) => one.id === id)?.role === 'manager' ? { manager: vote } : {}),
      })
    case 'swarm/leave':
      return {
        nodes: world.nodes.filter((one) => one.id !== id),
        running: new Map([...world.running, [machine, undefined]]),
      }
    case 'swarm/remove':
      return { ...world, nodes: world.nodes.filter((one) => one.id !== subject) }
    case 'machine/remove':
    case 'vm/stop': {
      const running = new Map(world.running)
      running.delete(machine)
      const manager = world.nodes.find((one) => one.id === id)?.manager
      const lost = manager === undefined ? {} : { manager: { ...manager, isReachable: false } }
      return { ...change({ state: 'down', ...lost }), running }
    }
    case 'disk/recreate':
      return { ...world, running: new Map([...world.running, [machine, undefined]]) }
    case 'vm/start': {
      if (world.running.has(machine)) return world
      const found = world.nodes.find((one) => one.id === id)
      const back = change({ state: 'ready', ...(found?.manager && { manager: vote }) })
      return { ...back, running: new Map([...world.running, [machine, id]]) }
    }
    default:
      return world
  }
}
