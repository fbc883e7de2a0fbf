/** `desktop plan`: shows the changes that apply would make. */
import { assessCluster, isCluster } from '../../apply/cluster/assess.ts'
import { type Environment, openMachines } from '../../apply/environment/environment.ts'
import { assess, narrowed } from '../../apply/plan/assess.ts'
import type { PlanDocument } from '../../apply/plan/document.ts'
import { isForbidden, type Violation } from '../../apply/plan/policy.ts'
import { HostSessions } from '../../apply/remote/sessions.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import type { Group } from '../../reconcile/only.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { planView } from '../views/plan.ts'
import { policyView } from '../views/policy.ts'

interface Options extends FileOptions {
  out?: string
  exitCode?: true
  only: readonly Group[]
}

export async function run(options: Options, output: Output): Promise<number> {
  const { name, document, violations } = await planned(await openMachines(options), options)
  const json = `${JSON.stringify(document, null, 2)}\n`
  if (options.out !== undefined) await writeAtomic(options.out, json, { mode: 0o600 })
  output.write(options.json ? json : planView(name, document, output))
  if (!options.json) for (const line of policyView(violations, output)) output.say(line)
  if (isForbidden(violations)) return exitCodes.policy
  if (document.notes.some(({ level }) => level === 'error')) return exitCodes.applyIncomplete
  return options.exitCode && document.operations.length > 0 ? exitCodes.changes : exitCodes.done
}

interface Planned {
  name: string
  document: PlanDocument
  violations: readonly Violation[]
}

async function planned(environments: readonly Environment[], options: Options): Promise<Planned> {
  const [environment] = environments
  if (environment === undefined || isCluster(environments, options)) {
    await using sessions = new HostSessions()
    const { name, plan, violations } = await assessCluster(environments, options.only, sessions)
    return { name, document: plan, violations }
  }
  const { violations, document } = narrowed(await assess(environment), options.only)
  return { name: environment.desired.name, document, violations }
}
