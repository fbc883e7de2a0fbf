/** Unattended apply: limited to an effect class, and never if data would be lost or the VM was stopped. */
import { observedValue } from '../../observation.ts'
import { type EffectClass, worstEffect } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import { lockEnvironment } from '../environment/lock.ts'
import type { Outcome } from '../history/outcome.ts'
import { type Assessment, assess, costingUpTo } from '../plan/assess.ts'
import { refuseForbidden } from '../plan/policy.ts'
import { applyPlan, refuseBlocked } from './apply.ts'
import { hostEffects } from './host-effects.ts'

export type RepairResult =
  | { result: 'nothing' }
  /** The user stopped the VM, so repair does not start it. */
  | { result: 'stopped' }
  | { result: Outcome['result']; operations: readonly string[]; effect: EffectClass | undefined }

/** Throws the same errors as `apply`, including `lock/held`. */
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
  const assessment = costingUpTo(whole, most)
  if (assessment.plan.operations.length === 0) return { result: 'nothing' }
  refuseForbidden(assessment.violations)
  refuseBlocked(assessment)
  const kill = new AbortController()
  const effects = hostEffects(assessment, { kill: kill.signal, offline: false })
  const { result } = await applyPlan(assessment, { effects, listeners: [], stop })
  return {
    result,
    operations: assessment.plan.operations.map(({ id }) => id),
    effect: worstEffect(assessment.plan),
  }
}

/** `desktop stop` ends the supervisor; a crashed supervisor leaves its VM running. */
function wasStopped({ observed: { supervisor, vm } }: Assessment): boolean {
  const state = observedValue(vm)?.vm.state ?? 'absent'
  return supervisor.state === 'absent' && (state === 'absent' || state === 'suspended')
}
