/** Engines with one swarm in memory, which refuse what dockerd refuses. */
import type { SwarmClient } from '../../../src/engine/swarm.ts'
import type { SwarmNode } from '../../../src/engine/swarm-replies.ts'

export interface FakeSwarm {
  clientOf(machine: string): SwarmClient
  /** As they are now; for tests to change by hand. */
  nodes: Map<string, SwarmNode>
  /** Which node each engine is; none that is in no swarm. */
  own: Map<string, string>
  /** Tasks that run, by node. */
  tasks: Map<string, number>
  /** Addresses that each engine has given, as its managers know them. */
  addresses: Map<string, string>
  /** Every call that changes something, without its secrets. */
  calls: string[]
  /** The next update finds that another one came first. */
  conflicts: number
}

export const token = { manager: 'SWMTKN-1-manager', worker: 'SWMTKN-1-worker' } as const

export function fakeSwarm(): FakeSwarm {
  const nodes = new Map<string, SwarmNode>()
  const own = new Map<string, string>()
  const tasks = new Map<string, number>()
  const calls: string[] = []
  let made = 0
  const addresses = new Map<string, string>()
  const fake: FakeSwarm = {
    nodes,
    own,
    tasks,
    addresses,
    calls,
    conflicts: 0,
    clientOf: (machine) => client(machine),
  }

  const enter = (machine: string, role: 'manager' | 'worker'): void => {
    if (own.has(machine)) throw new Error('This node is already part of a swarm')
    made += 1
    const id = `n${made}`
    own.set(machine, id)
    nodes.set(id, {
      id,
      version: 1,
      hostname: machine.replace('.', '-'),
      address: '',
      role,
      availability: 'active',
      state: 'ready',
      labels: {},
      manager: role === 'manager' ? { isLeader: made === 1, isReachable: true } : undefined,
    })
  }

  const client = (machine: string): SwarmClient => {
    const mine = (): SwarmNode | undefined => nodes.get(own.get(machine) ?? '')
    const managers = (): string[] =>
      [...own].flatMap(([one, id]) =>
        nodes.get(id)?.role === 'manager' && addresses.has(one) ? [addresses.get(one) ?? ''] : [],
      )
    const manage = (): void => {
      if (mine()?.role !== 'manager') throw new Error('This node is not a swarm manager')
    }
    return {
      self: async () => ({
        state: own.has(machine) ? 'active' : 'inactive',
        nodeId: own.get(machine) ?? '',
        isManager: mine()?.role === 'manager',
        clusterId: mine()?.role === 'manager' ? 'c' : undefined,
        managers: own.has(machine) ? managers() : [],
      }),
      nodes: async () => {
        manage()
        return [...nodes.values()]
      },
      services: async () => {
        manage()
        const running = [...tasks.values()].reduce((sum, count) => sum + count, 0)
        return [{ id: 's', running, wanted: running }]
      },
      runningTasks: async (id) => tasks.get(id) ?? 0,
      tokens: async () => {
        manage()
        return token
      },
      init: async (address) => {
        calls.push(`${machine} init ${address}`)
        addresses.set(machine, address)
        enter(machine, 'manager')
      },
      join: async (address, managers, given) => {
        calls.push(`${machine} join ${address} by ${managers.join(' ')}`)
        addresses.set(machine, address)
        const role = given === token.manager ? 'manager' : given === token.worker ? 'worker' : undefined
        if (role === undefined || managers.length === 0) throw new Error('invalid join token')
        enter(machine, role)
      },
      leave: async () => {
        calls.push(`${machine} leave`)
        const node = mine()
        own.delete(machine)
        if (node !== undefined) nodes.set(node.id, { ...node, state: 'down' })
      },
      update: async (node, change) => {
        manage()
        const now = nodes.get(node.id)
        if (now === undefined) throw new Error('no such node')
        if (fake.conflicts > 0) {
          fake.conflicts -= 1
          nodes.set(node.id, { ...now, version: now.version + 1 })
        }
        if (nodes.get(node.id)?.version !== node.version) throw new Error('update out of sequence')
        calls.push(`${now.hostname} ${JSON.stringify(change)}`)
        const role = change.role ?? now.role
        const manager = role === 'manager' ? { isLeader: false, isReachable: true } : undefined
        nodes.set(node.id, {
          ...now,
          ...change,
          role,
          manager: now.manager && manager ? now.manager : manager,
          version: now.version + 1,
        })
        if (change.availability === 'drain') tasks.set(node.id, 0)
      },
      remove: async (id) => {
        manage()
        if (nodes.get(id)?.role === 'manager') throw new Error('node is a cluster manager')
        calls.push(`remove ${nodes.get(id)?.hostname}`)
        nodes.delete(id)
      },
    }
  }
  return fake
}
