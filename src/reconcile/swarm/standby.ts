/**
 * Service ports: every manager can serve them, one holds the host port, and the others retry until it is free. That is
 * not drift. Pure.
 */
import type { PortStatus } from '../../net/core/port-status.ts'
import type { Plan } from '../plan.ts'

/** Ids of a machine's ports that another machine serves. */
export function standby(own: readonly PortStatus[], others: readonly PortStatus[]): ReadonlySet<string> {
  const held = new Set(
    others.flatMap(({ id, owner, state }) => (owner === 'listed' && state === 'listening' ? [id] : [])),
  )
  return new Set(
    own.flatMap(({ id, owner, state }) =>
      owner === 'listed' && state === 'failed' && held.has(id) ? [id] : [],
    ),
  )
}

export function withoutStandby(plan: Plan, ids: ReadonlySet<string>): Plan {
  if (ids.size === 0) return plan
  const paths = new Set([...ids].map((id) => `publish.containers.${id}`))
  const operations = plan.operations.flatMap((operation) => {
    if (operation.kind !== 'publish/set') return [operation]
    const causes = operation.causes.filter(({ path }) => !paths.has(path))
    return causes.length === 0 ? [] : [{ ...operation, causes }]
  })
  return { ...plan, operations }
}
