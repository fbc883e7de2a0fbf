/** Replies of the engine about its swarm, limited and validated like all others (replies.ts). */
import * as v from 'valibot'
import { listOf, mapOf, parsed, type Schema, text } from './reply-schema.ts'

export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected'
export type Availability = 'active' | 'pause' | 'drain'

/** The engine's own swarm membership. */
export interface SwarmSelf {
  state: 'inactive' | 'pending' | 'active' | 'error' | 'locked'
  nodeId: string
  /** Whether it is a manager and serves the swarm API. */
  isManager: boolean
  /** Id of the swarm; reported by managers only. */
  clusterId: string | undefined
  /** Addresses of the known managers. */
  managers: readonly string[]
}

/** A node as reported by managers. */
export interface SwarmNode {
  id: string
  version: number
  hostname: string
  address: string
  role: 'manager' | 'worker'
  availability: Availability
  state: NodeState
  labels: Readonly<Record<string, string>>
  /** Present on managers that take part in the consensus. */
  manager: { isLeader: boolean; isReachable: boolean } | undefined
}

/** Running and desired tasks of a service. */
export interface ServiceHealth {
  id: string
  running: number
  wanted: number
}

/** Secrets: never log or store them. */
export type JoinTokens = Readonly<Record<'manager' | 'worker', string>>

const withoutPort = (address: string): string => address.replace(/:\d+$/, '')
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const self = v.object({
  Swarm: v.object({
    NodeID: text,
    LocalNodeState: v.picklist(['inactive', 'pending', 'active', 'error', 'locked']),
    ControlAvailable: v.boolean(),
    RemoteManagers: v.nullish(listOf(v.object({ Addr: text }))),
    Cluster: v.nullish(v.object({ ID: text })),
  }),
})

const nodes = listOf(
  v.object({
    ID: text,
    Version: v.object({ Index: count }),
    Spec: v.object({
      Labels: v.nullish(mapOf(v.string())),
      Role: v.picklist(['manager', 'worker']),
      Availability: v.picklist(['active', 'pause', 'drain']),
    }),
    // Missing on a node that has not reported yet.
    Description: v.nullish(v.object({ Hostname: v.nullish(text) })),
    Status: v.object({
      State: v.picklist(['unknown', 'down', 'ready', 'disconnected']),
      Addr: v.nullish(text),
    }),
    ManagerStatus: v.nullish(v.object({ Leader: v.nullish(v.boolean()), Reachability: v.nullish(text) })),
  }),
)

const tokens: Schema<{ JoinTokens: { Manager: string; Worker: string } }> = v.object({
  JoinTokens: v.object({ Manager: text, Worker: text }),
})

const tasks = listOf(v.object({ Status: v.object({ State: text }) }))

const services = listOf(
  v.object({
    ID: text,
    ServiceStatus: v.nullish(v.object({ RunningTasks: count, DesiredTasks: count })),
  }),
)

export function parseSelf(body: string): SwarmSelf {
  const { Swarm } = parsed(self, '/info', body)
  return {
    state: Swarm.LocalNodeState,
    nodeId: Swarm.NodeID,
    isManager: Swarm.ControlAvailable,
    clusterId: Swarm.Cluster?.ID || undefined,
    managers: (Swarm.RemoteManagers ?? []).map(({ Addr }) => withoutPort(Addr)),
  }
}

export function parseNodes(body: string): SwarmNode[] {
  return parsed(nodes, '/nodes', body).map(({ ID, Version, Spec, Description, Status, ManagerStatus }) => ({
    id: ID,
    version: Version.Index,
    hostname: Description?.Hostname ?? '',
    address: Status.Addr ?? '',
    role: Spec.Role,
    availability: Spec.Availability,
    state: Status.State,
    labels: Spec.Labels ?? {},
    manager: ManagerStatus
      ? {
          isLeader: ManagerStatus.Leader === true,
          isReachable: ManagerStatus.Reachability === 'reachable',
        }
      : undefined,
  }))
}

export function parseTokens(body: string): JoinTokens {
  const { Manager, Worker } = parsed(tokens, '/swarm', body).JoinTokens
  return { manager: Manager, worker: Worker }
}

/** Number of tasks in the list that are running or starting. */
export const parseRunningTasks = (body: string): number =>
  parsed(tasks, '/tasks', body).filter(({ Status }) => !endedStates.has(Status.State)).length

const endedStates: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])

export function parseServices(body: string): ServiceHealth[] {
  return parsed(services, '/services', body).map(({ ID, ServiceStatus }) => ({
    id: ID,
    running: ServiceStatus?.RunningTasks ?? 0,
    wanted: ServiceStatus?.DesiredTasks ?? 0,
  }))
}
