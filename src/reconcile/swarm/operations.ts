/** Operations on swarm nodes, with their dependencies. Pure. */
import type { Cause, Operation, OperationId, SwarmOperationKind } from '../plan.ts'
import { operation } from '../resources/resource.ts'
import type { Member, SwarmNode } from './members.ts'

export const idOf = (machine: string, kind: Operation['kind'], more = ''): OperationId =>
  `${machine}/${kind}${more}` as OperationId

/** After these operations, the engine responds and reaches the other machines' engines. */
const toRun = ['peers/set', 'vm/resume', 'engine/ready', 'engine/restart', 'daemon/restart'] as const

export const running = (machine: string): OperationId[] => toRun.map((kind) => idOf(machine, kind))

interface SwarmDraft {
  kind: SwarmOperationKind
  subject: string
  causes: readonly Cause[]
  after?: readonly OperationId[]
  more?: string
}

export const swarmOperation = (
  machine: string,
  { kind, more, after = [], ...draft }: SwarmDraft,
): Operation => operation({ ...draft, kind, machine, id: idOf(machine, kind, more), after })

/** Cause of a role change. */
export const roleCause = ({ kind, swarm }: Member, from: string | undefined): Cause => ({
  path: `vms.${kind}.swarm`,
  from,
  to: swarm?.role,
})

/** One cause per label. */
export function labelCauses({ kind, swarm }: Member, has: Readonly<Record<string, string>>): Cause[] {
  const wanted = swarm?.labels ?? {}
  const keys = [...new Set([...Object.keys(has), ...Object.keys(wanted)])].sort()
  return keys.flatMap((key) =>
    has[key] === wanted[key] ? [] : [{ path: `vms.${kind}.labels.${key}`, from: has[key], to: wanted[key] }],
  )
}

export const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'none'

/** `m-2` → `m.2`; undefined if it is not a machine's name. */
export function machineOf({ hostname }: Pick<SwarmNode, 'hostname'>): string | undefined {
  const [, kind, number] = /^([a-z][a-z0-9-]*)-(\d+)$/.exec(hostname) ?? []
  return kind === undefined ? undefined : `${kind}.${number}`
}
