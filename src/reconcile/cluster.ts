/**
 * Merges the plans of several machines: ids are prefixed with the machine, shared operations are merged, and operations
 * that must not overlap between machines are serialized. Pure.
 */
import { orderOperations } from './order.ts'
import type { Note, Operation, OperationId, Plan } from './plan.ts'
import { canonical } from './values.ts'

export interface MachinePlan {
  /** `m.1`. */
  machine: string
  /** Absent: the host that runs the command. */
  host?: string | undefined
  plan: Plan
}

/** A machine that is no longer in the file, or no longer on that host. */
export interface RemovedPlace {
  machine: string
  /** Absent: the host that runs the command. */
  host?: string | undefined
}

/** Done once for all machines of a host. */
const shared: readonly Operation['kind'][] = ['packages/install', 'image/build']

export const machineId = (machine: string, id: OperationId): OperationId => `${machine}/${id}` as OperationId

export function clusterPlan(
  machines: readonly MachinePlan[],
  removed: readonly RemovedPlace[] = [],
  notes: readonly Note[] = [],
): Plan {
  const done = new Map<string, OperationId>()
  const leaving = Map.groupBy(removed, ({ machine }) => machine)
  const operations = machines.flatMap(({ machine, host, plan }) => {
    const own = new Map<string, OperationId>()
    for (const { kind, id } of plan.operations) {
      const once = shared.includes(kind)
        ? (done.get(`${host} ${id}`) ?? machineId(machine, id))
        : machineId(machine, id)
      if (shared.includes(kind)) done.set(`${host} ${id}`, once)
      own.set(id, once)
    }
    return plan.operations
      .filter(({ id }) => own.get(id) === machineId(machine, id))
      .map((operation): Operation => {
        const after = operation.after.map((id) => own.get(id) ?? machineId(machine, id))
        // A machine that moves to another host is removed there first.
        if (leaving.has(machine)) after.push(machineId(machine, 'machine/remove'))
        return { ...operation, id: machineId(machine, operation.id), machine, after }
      })
  })
  const atBoot = machines.flatMap(({ machine, plan }) =>
    (plan.atBoot ?? []).map((one) => ({
      ...one,
      machine,
      id: machineId(machine, one.id),
      after: one.after.map((id) => machineId(machine, id)),
    })),
  )
  return {
    operations: orderOperations([...operations, ...[...leaving].map(removal)]),
    ...(atBoot.length === 0 ? {} : { atBoot }),
    notes: [...notes, ...mergedNotes(machines)],
    unchanged: machines.reduce((sum, { plan }) => sum + plan.unchanged, 0),
  }
}

/** One operation per machine, also if it is left on several hosts. */
const removal = ([machine, places]: readonly [string, readonly RemovedPlace[]]): Operation => ({
  id: machineId(machine, 'machine/remove'),
  machine,
  kind: 'machine/remove',
  subject: removalText(places),
  effect: 'recreate',
  causes: [{ path: 'vms', from: machine, to: undefined }],
  interruption: { kind: 'unknown' },
  consent: 'remove:machine',
  after: [],
})

function removalText(places: readonly RemovedPlace[]): string {
  if (places.every(({ host }) => host === undefined)) return 'with its data disk'
  return `with its data disk on ${places.map(({ host }) => host ?? 'this host').join(' and on ')}`
}

/** A note shared by several machines is shown once, with their names unless all have it. */
function mergedNotes(machines: readonly MachinePlan[]): Note[] {
  const having = new Map<string, { note: Note; names: string[] }>()
  for (const { machine, host, plan } of machines) {
    // "This host" in a note is the machine's.
    const name = host === undefined ? machine : `${machine} on ${host}`
    for (const note of plan.notes) {
      const key = canonical(note)
      const known = having.get(key)
      if (known === undefined) having.set(key, { note, names: [name] })
      else known.names.push(name)
    }
  }
  return [...having.values()].map(({ note, names }) =>
    names.length === machines.length && names.length > 1
      ? note
      : { ...note, message: `${names.join(', ')}: ${note.message}` },
  )
}
