/** `desktop rollback N`: restores an earlier generation, and reports where the file now differs. */
import { findEnvironment } from '../../apply/environment/find-environment.ts'
import { environmentOf, notRestored, requireGeneration } from '../../apply/plan/rollback.ts'
import { change } from '../change.ts'
import type { Output } from '../output.ts'
import type { ApplyCommandOptions } from '../planned-change.ts'

export async function run(options: ApplyCommandOptions, output: Output, number: number): Promise<number> {
  const known = await findEnvironment(options)
  const generation = await requireGeneration(known.paths.generationsDir, number)
  const environment = await environmentOf(known, generation)
  const code = await change(environment, options, output, { command: `desktop rollback ${number}` })
  for (const line of notRestored(environment, generation)) output.say(line)
  if (known.current?.configHash !== generation.configHash) {
    const file = environment.files[0] ?? 'the file'
    output.say(
      `${file} is unchanged and differs from generation ${number}, which is applied now: ` +
        `\`desktop plan\` shows where they differ, and \`desktop apply\` would return to the file`,
    )
  }
  return code
}
