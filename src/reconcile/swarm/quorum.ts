/** The managers' majority (Raft): without it, tasks keep running but the swarm cannot be changed. Pure. */
import type { SwarmNode } from './members.ts'

/** Number of managers, and of reachable managers. */
export interface Quorum {
  managers: number
  reachable: number
}

export const majority = (managers: number): number => Math.floor(managers / 2) + 1

export const hasMajority = ({ managers, reachable }: Quorum): boolean =>
  managers > 0 && reachable >= majority(managers)

export const isReachable = ({ manager, state }: SwarmNode): boolean =>
  manager?.isReachable === true && state !== 'down'

export function quorumOf(nodes: readonly SwarmNode[]): Quorum {
  const managers = nodes.filter(({ role }) => role === 'manager')
  return { managers: managers.length, reachable: managers.filter(isReachable).length }
}

/** The quorum with one more reachable manager. */
export const withOne = ({ managers, reachable }: Quorum): Quorum => ({
  managers: managers + 1,
  reachable: reachable + 1,
})

/** The quorum without this manager. */
export const without = ({ managers, reachable }: Quorum, node: SwarmNode): Quorum => ({
  managers: managers - 1,
  reachable: reachable - (isReachable(node) ? 1 : 0),
})

/** The quorum while this manager restarts. */
export const whileDown = ({ managers, reachable }: Quorum, node: SwarmNode): Quorum => ({
  managers,
  reachable: reachable - (isReachable(node) ? 1 : 0),
})
