/** `desktop validate`: whether the file is right, by itself; asks nothing of the host. */
import { readEnvironment } from '../../apply/environment/environment.ts'
import { findViolations, refuseForbidden, rulesFor } from '../../apply/plan/policy.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { policyView } from '../views/policy.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environment = await readEnvironment(options)
  const { desired, files } = environment
  const violations = findViolations(await rulesFor(environment), environment)
  refuseForbidden(violations)
  if (options.json) {
    const warnings = violations.map(({ at: _at, ...warning }) => warning)
    output.write(`${JSON.stringify({ valid: true, environment: desired.name, files, warnings })}\n`)
    return exitCodes.done
  }
  for (const line of policyView(violations, output)) output.say(line)
  output.say(`${files.join(', ')}: valid; environment ${desired.name}`)
  return exitCodes.done
}
