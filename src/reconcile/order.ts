/** Topological sort of operations. */
import type { Operation } from './plan.ts'

/**
 * Ignores dependencies that are not planned, then walks depth first: each dependency comes right before the first
 * operation that needs it; otherwise the given order is kept. Linear in operations and edges.
 */
export function orderOperations(operations: readonly Operation[]): Operation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  const planned = operations.map((operation) => ({
    ...operation,
    after: operation.after.filter((id) => byId.has(id)),
  }))
  const done = new Set<string>()
  const sorted: Operation[] = []
  const visiting = new Set<string>()
  const nodes = new Map(planned.map((operation) => [operation.id, operation]))

  const visit = (operation: Operation): void => {
    if (done.has(operation.id)) return
    if (visiting.has(operation.id))
      throw new Error(`operations wait for each other: ${[...visiting].join(', ')}`)
    visiting.add(operation.id)
    for (const id of operation.after) visit(nodes.get(id)!)
    visiting.delete(operation.id)
    done.add(operation.id)
    sorted.push(operation)
  }
  for (const operation of planned) visit(operation)
  return sorted
}
