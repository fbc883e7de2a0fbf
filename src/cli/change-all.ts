/** Makes everything in a file match it: one environment, or all machines of `vms`. */
import { isCluster } from '../apply/cluster/assess.ts'
import type { Environment } from '../apply/environment/environment.ts'
import { change } from './change.ts'
import type { Output } from './output.ts'
import type { ApplyCommandOptions, ChangeAbout } from './planned-change.ts'

/** Returns the exit code. */
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
