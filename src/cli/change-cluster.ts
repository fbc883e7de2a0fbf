/** Applies the plan of all machines of a file. */
import { applyCluster } from '../apply/cluster/apply.ts'
import { assessCluster } from '../apply/cluster/assess.ts'
import { claimed, type Environment } from '../apply/environment/environment.ts'
import { refuseStale } from '../apply/plan/saved-plan.ts'
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
  return await carryOutPlanned(environments, options, output, command, {
    async assess() {
      const assessment = await assessCluster(await Promise.all(environments.map(claimed)), options.only)
      if (saved !== undefined) refuseStale(saved, assessment.plan)
      return assessment
    },
    apply: applyCluster,
    report({ name, machines }, outcome) {
      const names = machines.map(({ environment }) => environment.desired.machine?.name ?? '')
      return machinesOutcomeView(name, names, outcome, output)
    },
  })
}
