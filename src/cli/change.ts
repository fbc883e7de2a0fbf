/** Applies a file to its environment, or to all machines of `vms`. */
import { existsSync } from 'node:fs'
import { isCluster } from '../apply/cluster/assess.ts'
import { claimed, type Environment } from '../apply/environment/environment.ts'
import { lockEnvironment } from '../apply/environment/lock.ts'
import { assess, narrowed, requireHere } from '../apply/plan/assess.ts'
import { refuseStale } from '../apply/plan/saved-plan.ts'
import { applyPlan } from '../apply/run/apply.ts'
import { invocation } from './invocation.ts'
import type { Output } from './output.ts'
import { type ApplyCommandOptions, type ChangeAbout, carryOutPlanned } from './planned-change.ts'
import { nextSteps } from './views/next-steps.ts'
import { outcomeView } from './views/outcome.ts'

/** Returns the exit code. */
export async function change(
  environment: Environment,
  options: ApplyCommandOptions,
  output: Output,
  { command, saved }: ChangeAbout,
): Promise<number> {
  const { name } = environment.desired
  // Before its lock, which makes a folder for the environment.
  requireHere(environment)
  return await carryOutPlanned([environment], options, output, command, {
    lock: ({ paths }, lockOptions) => lockEnvironment(paths, lockOptions),
    async assess() {
      // Another project may have taken the name while this command waited for the lock.
      const whole = await assess(await claimed(environment))
      if (saved !== undefined) refuseStale(saved, whole.document)
      const assessment = narrowed(whole, options.only)
      const { plan, violations } = assessment
      // After the first successful apply, next steps are no longer printed.
      const isFirst = !existsSync(environment.paths.lastGoodVm)
      return { name, plan, violations, machines: [assessment], assessment, isFirst }
    },
    apply: ({ assessment }, { effectsOf, ...running }) =>
      applyPlan(assessment, { effects: effectsOf(assessment), ...running }),
    async report({ isFirst }, outcome) {
      const text = outcomeView(name, outcome, output)
      if (!isFirst || outcome.result !== 'applied') return text
      return text + nextSteps(await invocation(), options.file, output)
    },
  })
}

/** Applies everything in a file: its single environment, or all its machines. Returns the exit code. */
export async function changeAll(
  environments: readonly Environment[],
  options: ApplyCommandOptions,
  output: Output,
  about: ChangeAbout,
): Promise<number> {
  const [environment] = environments
  if (environment !== undefined && !isCluster(environments, options))
    return await change(environment, options, output, about)
  const { changeCluster } = await import('./change-cluster.ts')
  return await changeCluster(environments, options, output, about)
}
