/**
 * Swarm membership: init, join, roles, labels, leave. Changes of the managers' consensus are serialized so that a
 * majority stays reachable: lost managers are removed first, new ones join, running ones leave last. Pure.
 */
import { observedValue } from '../../observation.ts'
import type { ObservedSwarm } from '../../observe/swarm.ts'
import { Draft, type Membership } from './draft.ts'
import { type Census, hostnameOf, type Member, type SwarmNode } from './members.ts'
import { machineOf } from './operations.ts'
import { quorumOf } from './quorum.ts'

interface MembershipInputs {
  members: readonly Member[]
  census: Census
  observed: ObservedSwarm
  /** Machines that are removed. */
  left: readonly string[]
}

export function membership({ members, census, observed, left }: MembershipInputs): Membership {
  const draft = new Draft(quorumOf(observedValue(observed.nodes)?.nodes ?? []))
  const ofSwarm = members.filter(({ swarm }) => swarm !== undefined)
  const hostnames = new Set(members.map(({ machine }) => hostnameOf(machine)))
  const removed = new Set(left.map(hostnameOf))
  const stale = census.others.filter(
    (node) => !removed.has(node.hostname) && (hostnames.has(node.hostname) || isLeftOver(node)),
  )
  draft.removeLost(stale)
  for (const machine of observed.unconfirmed ?? []) draft.unconfirmed(machine)
  const isFormed = observed.nodes.state === 'present'
  if (!isFormed && !draft.init(ofSwarm, census)) return draft
  for (const member of ofSwarm) if (member.swarm?.role === 'manager') draft.join(member, census)
  for (const member of ofSwarm) draft.promote(member, census)
  for (const member of ofSwarm) draft.demote(member, census)
  for (const member of members) draft.leave(member, census)
  for (const node of census.others) if (removed.has(node.hostname)) draft.removeWithMachine(node)
  for (const member of ofSwarm) if (member.swarm?.role === 'worker') draft.join(member, census)
  for (const member of ofSwarm) draft.setLabels(member, census)
  for (const member of ofSwarm) draft.activate(member, census)
  for (const node of census.others)
    if (!removed.has(node.hostname) && !stale.includes(node)) draft.foreign(node)
  return draft
}

/** Removed machines leave such nodes; engines outside the switch cannot be members. */
const isLeftOver = (node: SwarmNode): boolean => node.state === 'down' && machineOf(node) !== undefined
