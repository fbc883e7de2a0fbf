/** `desktop confirm`: keeps the changes made by `apply --try`. */
import { openEnvironment } from '../../apply/environment/environment.ts'
import { confirm } from '../../apply/history/trial.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { desired, paths } = await openEnvironment(options)
  await confirm(paths)
  const result = { environment: desired.name, confirmed: true }
  output.write(options.json ? `${JSON.stringify(result)}\n` : `${desired.name}: confirmed\n`)
  return exitCodes.done
}
