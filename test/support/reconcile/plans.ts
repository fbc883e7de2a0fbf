/** The plan between two configurations, as text. */
import type { Desired } from '../../../src/config/desired.ts'
import type { Observed } from '../../../src/observe/observed.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import { planText } from '../../../src/reconcile/text.ts'
import { inSyncWith } from './reality.ts'
import { aDesired, targetOf } from './world.ts'

/** The plan that leads from the reality of `before` to what `after` says. */
export function planOf(after: Desired, before: Desired, reality: Partial<Observed> = {}): string {
  return planText(reconcile(targetOf(after), { ...inSyncWith(targetOf(before)), ...reality }))
}

/** The lines of operations only. */
export const operations = (plan: string): string[] =>
  plan.split('\n').filter((line) => line !== '' && !/^(note|unchanged)/.test(line))

export const changed = (change: Partial<Desired>): Desired => ({ ...aDesired, ...change })
