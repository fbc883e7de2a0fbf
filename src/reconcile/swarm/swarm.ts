/** The plan of several machines, with the operations of their Docker swarm. Pure. */
import { observedValue } from '../../observation.ts'
import type { ObservedSwarm } from '../../observe/swarm.ts'
import { orderOperations } from '../order.ts'
import type { Note, Operation, OperationId, Plan } from '../plan.ts'
import { census, hostnameOf, type Member } from './members.ts'
import { membership } from './membership.ts'
import { idOf } from './operations.ts'
import { quorumOf } from './quorum.ts'
import { type Rolled, rolled } from './rolling.ts'

interface SwarmInputs {
  members: readonly Member[]
  observed: ObservedSwarm
  /** Machines removed from the file. */
  left: readonly string[]
  /** Machines of the file that are removed from the host where they were. */
  moved?: readonly string[]
  /** False for a restricted plan: nodes are restarted one by one, and otherwise left unchanged. */
  isWhole: boolean
  /** Machines on unreachable hosts: their nodes are left as found. */
  lost?: ReadonlySet<string>
}

export function withSwarm(
  plan: Plan,
  { members, observed, left, moved = [], lost = none, ...given }: SwarmInputs,
): Plan {
  if (members.every(({ swarm }) => swarm === undefined)) return plan
  // A machine with an existing disk leaves during the rolling update.
  const fresh = new Set(
    plan.operations.flatMap(({ kind, machine = '' }) => (kind === 'disk/create' ? [machine] : [])),
  )
  const found = census(members, observed, fresh)
  // A lost manager may come back with its vote.
  const isWhole = given.isWhole && !hasLostManager(members, observed, lost)
  const planned = membership({ members, census: found, observed, left })
  const own = isWhole ? planned.operations : []
  const rollAfter = (before: readonly OperationId[]): Rolled =>
    rolled({
      operations: plan.operations,
      members,
      census: found,
      quorum: isWhole ? planned.quorum : quorumOf(observedValue(observed.nodes)?.nodes ?? []),
      before,
    })
  // A restarting node is activated by the rolling restart, not earlier.
  const ofRoll = new Set(rollAfter([]).operations.map(({ id }) => id))
  const others = own.filter(({ id }) => !ofRoll.has(id))
  const roll = rollAfter(others.filter(({ kind }) => kind !== 'swarm/remove').map(({ id }) => id))
  const operations = [...roll.operations.map(removedLast), ...others].filter(
    ({ machine = '' }) => !lost.has(machine),
  )
  return {
    operations: orderOperations(operations),
    ...(plan.atBoot === undefined ? {} : { atBoot: plan.atBoot }),
    notes: [
      ...plan.notes,
      ...(isWhole ? planned.notes : []),
      ...roll.notes,
      ...lostMachines(members, observed, found.standings, left),
      ...endOfSwarm(own, [...left, ...moved]),
    ],
    unchanged: plan.unchanged + (own.length === 0 && observed.nodes.state === 'present' ? 1 : 0),
  }
}

const none: ReadonlySet<string> = new Set()

/** By the file or by the managers' list. */
function hasLostManager(
  members: readonly Member[],
  { nodes }: ObservedSwarm,
  lost: ReadonlySet<string>,
): boolean {
  const managers = (observedValue(nodes)?.nodes ?? []).filter(({ role }) => role === 'manager')
  return members.some(
    ({ machine, swarm }) =>
      lost.has(machine) &&
      (swarm?.role === 'manager' || managers.some(({ hostname }) => hostname === hostnameOf(machine))),
  )
}

/** A machine is removed only after its node has no tasks and no vote. */
const removedLast = (operation: Operation): Operation => {
  const { machine, kind, after } = operation
  if (machine === undefined || kind !== 'machine/remove') return operation
  return {
    ...operation,
    after: [...after, idOf(machine, 'swarm/demote'), idOf(machine, 'swarm/drain')],
  }
}

/** Nothing of a swarm is stored outside of its managers. */
function endOfSwarm(planned: readonly Operation[], gone: readonly string[]): Note[] {
  if (gone.length === 0 || !planned.some(({ kind }) => kind === 'swarm/init')) return []
  return [
    {
      level: 'warning',
      about: 'swarm',
      message: `a new swarm is made; if ${gone.map(hostnameOf).join(', ')} had one, its services, configs and secrets are lost`,
      hint: 'to keep it, add the new managers first and apply; then take the old ones out',
    },
  ]
}

/** Only managers know whether a machine removed from the file is a manager; all of them may be removed at once. */
function lostMachines(
  members: readonly Member[],
  { nodes }: ObservedSwarm,
  standings: ReadonlyMap<string, { kind: string }>,
  left: readonly string[],
): Note[] {
  const mayHave = (kind: string): boolean =>
    members.some(({ machine }) => standings.get(machine)?.kind === kind)
  if (nodes.state === 'present' || left.length === 0) return []
  const names = left.map(hostnameOf).join(', ')
  if (!mayHave('unknown') && mayHave('alien'))
    return [
      {
        level: 'error',
        about: 'swarm',
        message: `no machine of the file is a manager of the swarm yet, and without ${names} it may have none`,
        hint: 'add the new managers first, an odd number together with the old ones, and apply; then take the old ones out',
      },
    ]
  if (!mayHave('unknown')) return []
  return [
    {
      level: 'error',
      about: 'swarm',
      message: `no manager answers, and without ${names} the swarm may lose its majority for good`,
      hint: 'run `desktop start` with the machines in the file, then take them out',
    },
  ]
}
