/**
 * Plans under the lock, asks for consent to data loss, and applies with progress, for one machine or several.
 */
import type { ClusterApplyOptions } from '../apply/cluster/apply.ts'
import type { Environment } from '../apply/environment/environment.ts'
import type { LockEnvironmentOptions } from '../apply/environment/lock.ts'
import type { Outcome } from '../apply/history/outcome.ts'
import type { Assessment } from '../apply/plan/assess.ts'
import { consentsOf, type PlanDocument } from '../apply/plan/document.ts'
import { refuseOnline } from '../apply/plan/offline.ts'
import { refuseForbidden, type Violation } from '../apply/plan/policy.ts'
import { refuseBlocked } from '../apply/run/apply.ts'
import { hostEffects } from '../apply/run/host-effects.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import type { Group } from '../reconcile/only.ts'
import type { Plan } from '../reconcile/plan.ts'
import type { ChangeOptions } from './arguments.ts'
import { askYes } from './ask.ts'
import { catchInterrupts, type Interrupts } from './interrupts.ts'
import type { Output } from './output.ts'
import { outcomeCode } from './views/outcome.ts'
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
  /** Shown to commands that are waiting for the lock. */
  command: string
  saved?: PlanDocument
}

interface Planned {
  name: string
  plan: Plan
  violations: readonly Violation[]
  /** Machines on this host. */
  machines: readonly Assessment[]
}

export interface PlannedChange<P extends Planned> {
  /** Locks an environment; undefined if its host is unreachable. */
  lock(environment: Environment, options: LockEnvironmentOptions): Promise<AsyncDisposable | undefined>
  /** Called with all locks held. */
  assess(): Promise<P>
  apply(planned: P, options: ClusterApplyOptions): Promise<Outcome>
  /** The text after the progress; omitted with `--json`. */
  report(planned: P, outcome: Outcome): Promise<string> | string
}

/** Returns the exit code. */
export async function carryOutPlanned<P extends Planned>(
  environments: readonly Environment[],
  options: ApplyCommandOptions,
  output: Output,
  command: string,
  change: PlannedChange<P>,
): Promise<number> {
  const agreed = new Set(options.allow)
  for (;;) {
    let missing: string[]
    {
      await using locks = new AsyncDisposableStack()
      const timeoutMs = options.lockTimeout
      for (const environment of inOrder(environments)) {
        const lock = await change.lock(environment, { command, timeoutMs, say: output.say })
        if (lock !== undefined) locks.use(lock)
      }
      const planned = await change.assess()
      refuseForbidden(planned.violations)
      refuseBlocked(planned)
      if (options.offline) for (const machine of planned.machines) await refuseOnline(machine)
      missing = consentsOf(planned.plan).filter((name) => !options.yes && !agreed.has(name))
      if (missing.length === 0) return await carryOut(planned, options, output, change)
      if (!output.interactive || options.json) throw needsConsent(missing)
      output.say(planView(planned.name, planned.plan, output).trimEnd())
    }
    // Release the lock during the prompt; the next round observes and plans again.
    if (!(await askYes(`Data will be lost (${missing.join(', ')}).`))) throw needsConsent(missing)
    for (const name of missing) agreed.add(name)
  }
}

/** All commands take locks in the same order, so that two commands cannot deadlock. */
const inOrder = (environments: readonly Environment[]): Environment[] =>
  environments.toSorted((a, b) => (a.desired.name < b.desired.name ? -1 : 1))

function needsConsent(missing: readonly string[]): DesktopError {
  return new DesktopError(
    'plan/needs-consent',
    `data would be lost: ${missing.join(', ')}; nothing was changed`,
    {
      hint: `run again with ${missing.map((name) => `--allow ${name}`).join(' ')}, or with --yes`,
    },
  )
}

async function carryOut<P extends Planned>(
  planned: P,
  options: ApplyCommandOptions,
  output: Output,
  { apply, report }: PlannedChange<P>,
): Promise<number> {
  const { name, plan, violations } = planned
  if (!options.json) for (const line of policyView(violations, output)) output.say(line)
  if (!options.json && plan.operations.length > 0) output.write(planView(name, plan, output))
  const progress = await progressView(plan, options, output)
  using interrupts = catchInterrupts(progress)
  interrupts.kill.addEventListener('abort', progress.restore)
  const running = runningOptions(options, interrupts, progress)
  const outcome = await apply(planned, running).finally(progress.end)
  if (!options.json) output.write(await report(planned, outcome))
  return outcomeCode(outcome)
}

function runningOptions(
  { timeout, offline, parallelism }: ApplyCommandOptions,
  { kill, stop }: Interrupts,
  progress: ProgressView,
): ClusterApplyOptions {
  const deadline = timeout === undefined ? {} : { engineMs: timeout }
  return {
    effectsOf: (machine) => hostEffects(machine, { kill, offline: offline === true, ...deadline }),
    listeners: [progress.on],
    stop,
    offline: offline === true,
    ...deadline,
    ...(parallelism === undefined ? {} : { parallelism }),
  }
}

function progressView(
  { operations }: Plan,
  options: ApplyCommandOptions,
  output: Output,
): Promise<ProgressView> | ProgressView {
  if (options.json) return jsonProgress(output)
  // Use moving rows only if there is something to wait for.
  if (output.interactive && operations.length > 0) return terminalProgress(operations)
  return plainProgress(operations, (line) => output.write(`${line}\n`))
}
