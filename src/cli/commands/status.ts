/** `desktop status`: every part of the environment with its path and its state. */
import { openEnvironment } from '../../apply/environment.ts'
import { observeEnvironment } from '../../apply/situation.ts'
import { findMeans } from '../../apply/target.ts'
import { exitCodes } from '../../errors.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { statusDocument, statusView } from '../views/status.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environment = await openEnvironment(options)
  const observed = await observeEnvironment(environment, findMeans(environment))
  const document = statusDocument(environment, observed)
  output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : statusView(document, output))
  return exitCodes.done
}
