/** Restricts a plan to operations up to an effect class. */
import { withoutRestart } from './at-boot.ts'
import { type EffectClass, effectClasses, type Operation, type Plan } from './plan.ts'

/** Starting a VM interrupts nothing, but takes as long as a restart. */
const costOf = ({ kind, effect }: Operation): EffectClass =>
  (kind === 'vm/start' || kind === 'vm/resume') && effect === 'live' ? 'restart-vm' : effect

/** Drops more disruptive operations, and all operations that depend on them. */
export function upTo(plan: Plan, most: EffectClass): Plan {
  const limit = effectClasses.indexOf(most)
  const left = new Set<string>()
  for (const operation of plan.operations) {
    const costs = effectClasses.indexOf(costOf(operation))
    if (costs > limit || operation.after.some((id) => left.has(id))) left.add(operation.id)
  }
  const kept = plan.operations.filter(({ id }) => !left.has(id))
  return withoutRestart(plan, kept, (one) => effectClasses.indexOf(costOf(one)) <= limit)
}
