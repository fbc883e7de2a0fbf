/** Applies the plan of all machines of a file. */
import { applyCluster } from '../apply/cluster/apply.ts'
import { assessCluster } from '../apply/cluster/assess.ts'
import { claimed, type Environment } from '../apply/environment/environment.ts'
import { lockEnvironment } from '../apply/environment/lock.ts'
import { refuseHosts } from '../apply/plan/policy.ts'
import { refuseStale } from '../apply/plan/saved-plan.ts'
import { lockThere } from '../apply/remote/lock.ts'
import { HostSessions } from '../apply/remote/sessions.ts'
import type { Output } from './output.ts'
import { type ApplyCommandOptions, type ChangeAbout, carryOutPlanned } from './planned-change.ts'
import { machinesOutcomeView } from './views/outcome.ts'

/** Returns the exit code. */
export async function changeCluster(
  environments: readonly Environment[],
  options: ApplyCommandOptions,
  output: Output,
  { command, saved }: ChangeAbout,
): Promise<number> {
  await refuseHosts(environments)
  await using sessions = new HostSessions()
  return await carryOutPlanned(environments, options, output, command, {
    lock: ({ paths, desired, host }, lockOptions) =>
      host === undefined
        ? lockEnvironment(paths, lockOptions)
        : lockThere(sessions, host, desired.name, lockOptions),
    async assess() {
      const current = await Promise.all(environments.map(claimed))
      const assessment = await assessCluster(current, options.only, sessions, {
        offline: options.offline === true,
      })
      if (saved !== undefined) refuseStale(saved, assessment.plan)
      const { name, plan, violations, machines } = assessment
      const here = machines.flatMap(({ at }) => (at.kind === 'here' ? [at.assessment] : []))
      return { name, plan, violations, machines: here, assessment }
    },
    apply: ({ assessment }, running) => applyCluster(assessment, running),
    report({ name, assessment }, outcome) {
      const names = assessment.machines.map(({ environment }) => environment.desired.machine?.name ?? '')
      return machinesOutcomeView(name, names, outcome, output)
    },
  })
}
