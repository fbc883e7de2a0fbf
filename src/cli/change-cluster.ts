/** What apply, start and drift --repair do with several machines: plan, ask where data would be lost, carry it out. */
import { applyCluster } from '../apply/cluster/apply.ts'
import { assessCluster, type ClusterAssessment } from '../apply/cluster/assess.ts'
import { claimed, type Environment } from '../apply/environment/environment.ts'
import { lockEnvironment } from '../apply/environment/lock.ts'
import { consentsOf } from '../apply/plan/document.ts'
import { refuseOnline } from '../apply/plan/offline.ts'
import { refuseForbidden } from '../apply/plan/policy.ts'
import { refuseStale } from '../apply/plan/saved-plan.ts'
import { refuseBlocked } from '../apply/run/apply.ts'
import { hostEffects } from '../apply/run/host-effects.ts'
import { askYes } from './ask.ts'
import { type ApplyCommandOptions, type ChangeAbout, needsConsent, progressView } from './change.ts'
import { catchInterrupts } from './interrupts.ts'
import type { Output } from './output.ts'
import { machinesOutcomeView, outcomeCode } from './views/outcome.ts'
import { planView } from './views/plan.ts'
import { policyView } from './views/policy.ts'

export async function changeCluster(
  environments: readonly Environment[],
  options: ApplyCommandOptions,
  output: Output,
  { command, saved }: ChangeAbout,
): Promise<number> {
  const agreed = new Set(options.allow)
  for (;;) {
    let missing: string[]
    {
      await using locks = new AsyncDisposableStack()
      for (const environment of inOrder(environments)) {
        const { lockTimeout: timeoutMs } = options
        locks.use(await lockEnvironment(environment.paths, { command, timeoutMs, say: output.say }))
      }
      const assessment = await assessCluster(await Promise.all(environments.map(claimed)), options.only)
      const { plan, violations, name } = assessment
      if (saved !== undefined) refuseStale(saved, plan)
      refuseForbidden(violations)
      refuseBlocked(assessment)
      if (options.offline) for (const machine of assessment.machines) await refuseOnline(machine)
      missing = consentsOf(plan).filter((consent) => !options.yes && !agreed.has(consent))
      if (missing.length === 0) return await carryOut(assessment, options, output)
      if (!output.interactive || options.json) throw needsConsent(missing)
      output.say(planView(name, plan, output).trimEnd())
    }
    if (!(await askYes(`Data will be lost (${missing.join(', ')}).`))) throw needsConsent(missing)
    for (const consent of missing) agreed.add(consent)
  }
}

/** All commands take locks in one order, so that no two wait for each other. */
export const inOrder = (environments: readonly Environment[]): Environment[] =>
  environments.toSorted((a, b) => (a.desired.name < b.desired.name ? -1 : 1))

async function carryOut(
  assessment: ClusterAssessment,
  options: ApplyCommandOptions,
  output: Output,
): Promise<number> {
  const { name, plan, violations, machines } = assessment
  if (!options.json) for (const line of policyView(violations, output)) output.say(line)
  if (!options.json && plan.operations.length > 0) output.write(planView(name, plan, output))
  const progress = await progressView(assessment, options, output)
  using interrupts = catchInterrupts(progress)
  interrupts.kill.addEventListener('abort', progress.restore)
  const deadline = options.timeout === undefined ? {} : { engineMs: options.timeout }
  const offline = options.offline === true
  const outcome = await applyCluster(assessment, {
    effectsOf: (machine) => hostEffects(machine, { kill: interrupts.kill, offline, ...deadline }),
    listeners: [progress.on],
    stop: interrupts.stop,
    ...deadline,
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
  }).finally(progress.end)
  if (!options.json) {
    const names = machines.map(({ environment }) => environment.desired.machine?.name ?? '')
    output.write(machinesOutcomeView(name, names, outcome, output))
  }
  return outcomeCode(outcome)
}
