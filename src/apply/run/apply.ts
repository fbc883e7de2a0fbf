/** Applies a plan and records it: a journal during the apply, a generation at the end. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { Outcome } from '../history/outcome.ts'
import type { Assessment } from '../plan/assess.ts'
import type { Effects } from './effects.ts'
import { type ApplyListener, type Emit, eventStream } from './events.ts'
import { type Executed, execute } from './execute.ts'
import { keepApply, prepareApply } from './kept-apply.ts'
import { stepsFor } from './steps.ts'

export interface ApplyOptions {
  effects: Effects
  listeners: readonly ApplyListener[]
  stop?: AbortSignal
  parallelism?: number
  /** Deadline of the engine's start. */
  engineMs?: number
}

/** The caller holds the environment's lock and has asked for consent to data loss. */
export async function applyPlan(
  assessment: Assessment,
  { effects, listeners, stop, parallelism, engineMs }: ApplyOptions,
): Promise<Outcome> {
  const { plan, document, target } = assessment
  const prepared = await prepareApply(assessment)
  if (plan.operations.length === 0) {
    return finish(eventStream(now, listeners), assessment, {
      ...inSync,
      notices: plan.notes.flatMap(({ drift, about, message }) =>
        drift === true ? [`${about}: ${message}`] : [],
      ),
    })
  }
  const began = performance.now()
  await using kept = await keepApply(assessment, prepared)
  const emit = eventStream(now, [kept.record, ...listeners])
  emit({ event: 'plan', plan: document })
  const notices: string[] = []
  const executed = await execute(plan.operations, stepsFor(target, effects, engineMs), {
    emit: (body) => {
      if (body.event === 'progress' && body.notice === true) notices.push(body.message)
      emit(body)
    },
    clock: () => performance.now(),
    ...(stop === undefined ? {} : { stop }),
    ...(parallelism === undefined ? {} : { parallelism }),
  })
  const { counts, result } = resultOf(executed, plan.operations.length, stop)
  const milliseconds = Math.round(performance.now() - began)
  await kept.end(executed, { result, milliseconds, spec: await effects.vmSpec() })
  return finish(emit, assessment, { result, counts, generation: kept.generation, notices })
}

const now = (): Date => new Date()

type End = Omit<Outcome, 'dockerHost'>

const noCounts: Outcome['counts'] = { done: 0, failed: 0, skipped: 0, unknown: 0 }
const inSync: End = { result: 'in-sync', counts: noCounts, generation: undefined, notices: [] }

function finish(emit: Emit, { target, document, plan }: Assessment, end: End): Outcome {
  if (plan.operations.length === 0) emit({ event: 'plan', plan: document })
  const outcome = { ...end, dockerHost: dockerHost(target.dockerSocket) }
  emit({ event: 'result', outcome })
  return outcome
}

export function resultOf(
  { results }: Executed,
  planned: number,
  stop: AbortSignal | undefined,
): { counts: Outcome['counts']; result: Exclude<Outcome['result'], 'in-sync'> } {
  const counts = { ...noCounts }
  for (const result of results.values()) counts[result] += 1
  const result = counts.done === planned ? 'applied' : stop?.aborted === true ? 'interrupted' : 'incomplete'
  return { counts, result }
}

/** Throws problems that the user must solve, before anything changes. */
export function refuseBlocked({ plan }: Pick<Assessment, 'plan'>): void {
  const [first, ...others] = plan.notes.filter(({ level }) => level === 'error')
  if (first === undefined) return
  const errorOf = ({ code, about, message, hint, at }: typeof first): DesktopError => {
    const where = at === undefined ? '' : ` (${at.file === '--set' ? at.file : `${at.file}:${at.line}`})`
    return new DesktopError(
      code ?? 'plan/blocked',
      `${about}: ${message}${where}`,
      hint === undefined ? {} : { hint },
    )
  }
  const { code, message, hint } = errorOf(first)
  throw new DesktopError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    others: others.map(errorOf),
  })
}
