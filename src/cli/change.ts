/** What every command does that makes reality as an environment says: plan, ask where data would be lost, carry it out. */
import { existsSync } from 'node:fs'
import { claimed, type Environment } from '../apply/environment/environment.ts'
import { lockEnvironment } from '../apply/environment/lock.ts'
import { type Assessment, assess, narrowed } from '../apply/plan/assess.ts'
import type { PlanDocument } from '../apply/plan/document.ts'
import { consentsOf } from '../apply/plan/document.ts'
import { refuseOnline } from '../apply/plan/offline.ts'
import { refuseForbidden } from '../apply/plan/policy.ts'
import { refuseStale } from '../apply/plan/saved-plan.ts'
import { applyPlan, refuseBlocked } from '../apply/run/apply.ts'
import { hostEffects } from '../apply/run/host-effects.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import type { Group } from '../reconcile/only.ts'
import type { ChangeOptions } from './arguments.ts'
import { askYes } from './ask.ts'
import { catchInterrupts } from './interrupts.ts'
import { invocation } from './invocation.ts'
import type { Output } from './output.ts'
import { nextSteps } from './views/next-steps.ts'
import { outcomeCode, outcomeView } from './views/outcome.ts'
import { planView } from './views/plan.ts'
import { policyView } from './views/policy.ts'
import { jsonProgress, type ProgressView, plainProgress, terminalProgress } from './views/progress.ts'

export interface ApplyCommandOptions extends ChangeOptions {
  parallelism?: number
  /** Milliseconds. */
  timeout?: number
  only: readonly Group[]
  offline?: true
  /** Milliseconds. */
  try?: number
}

export interface ChangeAbout {
  /** Names it to those who wait. */
  command: string
  saved?: PlanDocument
}

/** What every command does that makes reality as an environment says. */
export async function change(
  environment: Environment,
  options: ApplyCommandOptions,
  output: Output,
  { command, saved }: ChangeAbout,
): Promise<number> {
  const agreed = new Set(options.allow)
  for (;;) {
    let missing: string[]
    {
      await using _lock = await lockEnvironment(environment.paths, {
        command,
        timeoutMs: options.lockTimeout,
        say: output.say,
      })
      // Another project may have taken the name while this one waited.
      const whole = await assess(await claimed(environment))
      if (saved !== undefined) refuseStale(saved, whole.document)
      const assessment = narrowed(whole, options.only)
      refuseForbidden(assessment.violations)
      refuseBlocked(assessment)
      if (options.offline) await refuseOnline(assessment)
      missing = consentsOf(assessment.plan).filter((name) => !options.yes && !agreed.has(name))
      if (missing.length === 0) return await carryOut(assessment, options, output)
      if (!output.interactive || options.json) throw needsConsent(missing)
      output.say(planView(environment.desired.name, assessment.plan, output).trimEnd())
    }
    // The lock is free while a person thinks; reality is looked at again after the answer.
    if (!(await askYes(`Data will be lost (${missing.join(', ')}).`))) throw needsConsent(missing)
    for (const name of missing) agreed.add(name)
  }
}

export function needsConsent(missing: readonly string[]): DesktopError {
  return new DesktopError(
    'plan/needs-consent',
    `data would be lost: ${missing.join(', ')}; nothing was changed`,
    {
      hint: `run again with ${missing.map((name) => `--allow ${name}`).join(' ')}, or with --yes`,
    },
  )
}

async function carryOut(
  assessment: Assessment,
  options: ApplyCommandOptions,
  output: Output,
): Promise<number> {
  const { plan, environment } = assessment
  const { name } = environment.desired
  if (!options.json) for (const line of policyView(assessment.violations, output)) output.say(line)
  if (!options.json && plan.operations.length > 0) {
    output.write(planView(name, plan, output))
  }
  // After the first successful apply, hints are no longer needed.
  const isFirst = !existsSync(environment.paths.lastGoodVm)
  const progress = await progressView(assessment, options, output)
  using interrupts = catchInterrupts(progress)
  interrupts.kill.addEventListener('abort', progress.restore)
  const deadline = options.timeout === undefined ? {} : { engineMs: options.timeout }
  const offline = options.offline === true
  const effects = hostEffects(assessment, { kill: interrupts.kill, offline, ...deadline })
  const outcome = await applyPlan(assessment, {
    effects,
    listeners: [progress.on],
    stop: interrupts.stop,
    ...deadline,
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
  }).finally(progress.end)
  if (!options.json) output.write(outcomeView(name, outcome, output))
  if (isFirst && outcome.result === 'applied' && !options.json)
    output.write(nextSteps(await invocation(), options.file, output))
  return outcomeCode(outcome)
}

export function progressView(
  { plan }: Pick<Assessment, 'plan'>,
  options: ApplyCommandOptions,
  output: Output,
): Promise<ProgressView> | ProgressView {
  if (options.json) return jsonProgress(output)
  // Rows that move pay only where there is something to wait for.
  if (output.interactive && plan.operations.length > 0) return terminalProgress(plan.operations)
  return plainProgress(plan.operations, (line) => output.write(`${line}\n`))
}
