/** `desktop validate`: whether the file is right, by itself; asks nothing of the host. */
import { openEnvironment } from '../../apply/environment.ts'
import { exitCodes } from '../../errors.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { desired, files } = await openEnvironment(options)
  if (options.json) output.write(`${JSON.stringify({ valid: true, environment: desired.name, files })}\n`)
  else output.say(`${files.join(', ')}: valid; environment ${desired.name}`)
  return exitCodes.done
}
