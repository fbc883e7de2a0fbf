/** Operations of a plan that policy rules deny by their effect. */

import { matchesPath, parsePattern } from '../config/policy/pattern.ts'
import type { Rule } from '../config/policy/rule.ts'
import type { Operation } from './plan.ts'

export interface Denied {
  rule: Rule
  operation: Operation
}

/** A rule with a path denies only operations caused by a key at or below that path. */
export function deniedOperations(rules: readonly Rule[], operations: readonly Operation[]): Denied[] {
  return rules.flatMap((rule) =>
    operations.flatMap((operation) =>
      rule.effects.includes(operation.effect) && isCausedAt(operation, rule) ? [{ rule, operation }] : [],
    ),
  )
}

function isCausedAt({ causes }: Operation, { path }: Rule): boolean {
  if (path === undefined) return true
  return causes.some((cause) => {
    // Names of ports and files do not parse as paths, but their first steps do.
    const steps = parsePattern(cause.path) ?? cause.path.split('.')
    return matchesPath(path, steps.slice(0, path.length))
  })
}
