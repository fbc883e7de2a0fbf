/** The part of a plan that costs no more than one effect class. */
import { type EffectClass, effectClasses, type Operation, type Plan } from './plan.ts'

/** Starting a machine interrupts nothing and takes as long as a restart. */
const costOf = ({ kind, effect }: Operation): EffectClass =>
  (kind === 'vm/start' || kind === 'vm/resume') && effect === 'live' ? 'restart-vm' : effect

/** Operations that cost more are left out, and with them all that wait for them. */
export function upTo(plan: Plan, most: EffectClass): Plan {
  const limit = effectClasses.indexOf(most)
  const left = new Set<string>()
  for (const operation of plan.operations) {
    const costs = effectClasses.indexOf(costOf(operation))
    if (costs > limit || operation.after.some((id) => left.has(id))) left.add(operation.id)
  }
  return { ...plan, operations: plan.operations.filter(({ id }) => !left.has(id)) }
}
