/** `desktop plan`: what apply would do, said before anything changes. */
import { openEnvironment } from '../../apply/environment/environment.ts'
import { assess, narrowed } from '../../apply/plan/assess.ts'
import { isForbidden } from '../../apply/plan/policy.ts'
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
  const environment = await openEnvironment(options)
  const assessment = narrowed(await assess(environment), options.only)
  const { plan, violations, document } = assessment
  const json = `${JSON.stringify(document, null, 2)}\n`
  if (options.out !== undefined) await writeAtomic(options.out, json, { mode: 0o600 })
  output.write(options.json ? json : planView(environment.desired.name, plan, output))
  if (!options.json) for (const line of policyView(violations, output)) output.say(line)
  if (isForbidden(violations)) return exitCodes.policy
  if (plan.notes.some(({ level }) => level === 'error')) return exitCodes.applyIncomplete
  return options.exitCode && plan.operations.length > 0 ? exitCodes.changes : exitCodes.done
}
