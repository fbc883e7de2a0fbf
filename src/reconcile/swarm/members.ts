/** Matches machines of the file to swarm nodes, and finds nodes that match no machine. Pure. */
import type { SwarmRole } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { NodeList, ObservedSwarm } from '../../observe/swarm.ts'

export type SwarmNode = NodeList['nodes'][number]

/** A machine of the file. */
export interface Member {
  /** `m.2`. */
  machine: string
  kind: string
  address: string
  /** Undefined: not a swarm node. */
  swarm: { role: SwarmRole; labels: Readonly<Record<string, string>> } | undefined
}

/**
 * `node`: a member; `list` has the details. `out`: not in a swarm. `alien`: in another swarm. `unknown`: not reachable,
 * and not in any manager's list.
 */
export type Standing =
  | { kind: 'node'; node: SwarmNode }
  | { kind: 'out' }
  | { kind: 'alien' }
  | { kind: 'unknown' }

export const hostnameOf = (machine: string): string => machine.replace('.', '-')

/** An engine may name the node of another machine as its own; the managers' list has the host name. */
export const isNodeOf = (
  machine: string,
  { nodeId }: { nodeId: string },
  { id, hostname }: SwarmNode,
): boolean => id === nodeId && hostname === hostnameOf(machine)

export const nodeText = ({ role, state }: SwarmNode): string =>
  state === 'ready' ? role : `${role}, ${state}`

export interface Census {
  /** Keyed by machine. */
  standings: ReadonlyMap<string, Standing>
  /** Nodes that match no machine of the file. */
  others: readonly SwarmNode[]
}

/** @param fresh machines with a new data disk, whose node identity is lost */
export function census(
  members: readonly Member[],
  observed: ObservedSwarm,
  fresh: ReadonlySet<string>,
): Census {
  const list = observedValue(observed.nodes)
  const own = new Set(members.map(({ address }) => address))
  const lost = new Set(
    members.flatMap(({ machine, address }) =>
      fresh.has(machine) || selfOf(observed, machine)?.state === 'inactive' ? [address] : [],
    ),
  )
  const standings = new Map(
    members.map((member) => [
      member.machine,
      fresh.has(member.machine)
        ? ({ kind: 'out' } as const)
        : standingOf(member, observed, { list, own, lost }),
    ]),
  )
  const taken = new Set(
    [...standings.values()].flatMap((standing) => (standing.kind === 'node' ? [standing.node.id] : [])),
  )
  return { standings, others: (list?.nodes ?? []).filter(({ id }) => !taken.has(id)) }
}

const selfOf = ({ selves }: ObservedSwarm, machine: string) => {
  const reading = selves[machine]
  return reading === undefined ? undefined : observedValue(reading)
}

interface Known {
  list: NodeList | undefined
  /** Addresses of the machines. */
  own: ReadonlySet<string>
  /** Machines that are certainly in no swarm. */
  lost: ReadonlySet<string>
}

function standingOf({ machine }: Member, observed: ObservedSwarm, { list, own, lost }: Known): Standing {
  const self = selfOf(observed, machine)
  if (self === undefined) {
    // The managers' list identifies stopped nodes by name.
    const named = (list?.nodes ?? []).filter(({ hostname }) => hostname === hostnameOf(machine))
    const node = named.find(({ state }) => state === 'ready') ?? named.at(-1)
    if (node !== undefined) return { kind: 'node', node }
    return list === undefined ? { kind: 'unknown' } : { kind: 'out' }
  }
  if (self.state === 'inactive') return { kind: 'out' }
  const node = list?.nodes.find((one) => isNodeOf(machine, self, one))
  if (node !== undefined) return { kind: 'node', node }
  const isOurs =
    self.clusterId === undefined || list?.clusterId === undefined || self.clusterId === list.clusterId
  if (!isOurs || self.managers.some((address) => !own.has(address))) return { kind: 'alien' }
  // Without a manager the swarm no longer exists.
  const isOver = !self.isManager && self.managers.length > 0 && self.managers.every((one) => lost.has(one))
  return list === undefined && !isOver ? { kind: 'unknown' } : { kind: 'out' }
}
