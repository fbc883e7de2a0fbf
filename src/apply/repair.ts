/** An apply that nobody watches: only up to an effect class, never where data would be lost or the VM was stopped. */
import { known } from '../reading.ts'
import { type EffectClass, worstEffect } from '../reconcile/plan.ts'
import { applyPlan, refuseBlocked } from './apply.ts'
import type { Environment } from './environment.ts'
import type { Outcome } from './events.ts'
import { lockEnvironment } from './lock.ts'
import { refuseForbidden } from './policy.ts'
import { realMachinery } from './real.ts'
import { assess, costingUpTo, type Situation } from './situation.ts'

export type RepairResult =
  | { result: 'nothing' }
  /** A person stopped the VM; it is theirs to start. */
  | { result: 'stopped' }
  | { result: Outcome['result']; operations: readonly string[]; effect: EffectClass | undefined }

/** Throws what `apply` would throw, `lock/held` among it. */
export async function repair(
  environment: Environment,
  most: EffectClass,
  stop: AbortSignal,
): Promise<RepairResult> {
  await using _lock = await lockEnvironment(environment.paths, {
    command: 'desktop watch --repair',
    timeoutMs: 0,
    say: () => {},
  })
  const whole = await assess(environment)
  if (wasStopped(whole)) return { result: 'stopped' }
  const situation = costingUpTo(whole, most)
  if (situation.plan.operations.length === 0) return { result: 'nothing' }
  refuseForbidden(situation.violations)
  refuseBlocked(situation)
  const kill = new AbortController()
  const machinery = realMachinery(situation, { kill: kill.signal, offline: false })
  const { result } = await applyPlan(situation, { machinery, listeners: [], stop })
  return {
    result,
    operations: situation.plan.operations.map(({ id }) => id),
    effect: worstEffect(situation.plan),
  }
}

/** `desktop stop` ends the supervisor; one that died leaves its VM. */
function wasStopped({ observed: { supervisor, vm } }: Situation): boolean {
  const state = known(vm)?.vm.state ?? 'absent'
  return supervisor.state === 'absent' && (state === 'absent' || state === 'suspended')
}
