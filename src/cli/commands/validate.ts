/** `desktop validate`: checks the file by itself, without querying the host. */
import { readMachines } from '../../apply/environment/environment.ts'
import { clusterOf } from '../../apply/environment/owner.ts'
import { findViolations, refuseForbidden, rulesFor } from '../../apply/plan/policy.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { policyView } from '../views/policy.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environments = await readMachines(options)
  const [environment] = environments
  if (environment === undefined) throw new Error('a file without any environment')
  const { desired, files } = environment
  const name = clusterOf(desired)
  const rules = await rulesFor(environment)
  const violations = environments.flatMap((one) => findViolations(rules, one))
  refuseForbidden(violations)
  if (options.json) {
    const warnings = violations.map(({ at: _at, ...warning }) => warning)
    output.write(`${JSON.stringify({ valid: true, environment: name, files, warnings })}\n`)
    return exitCodes.done
  }
  for (const line of policyView(violations, output)) output.say(line)
  output.say(`${files.join(', ')}: valid; environment ${name}`)
  return exitCodes.done
}
