/** `desktop status`: every part of the environment with its path and its state. */
import { type InsideSpace, spaceInside } from '../../apply/disk-space.ts'
import { type Environment, openEnvironment } from '../../apply/environment.ts'
import { observeEnvironment } from '../../apply/situation.ts'
import { findMeans } from '../../apply/target.ts'
import { exitCodes } from '../../errors.ts'
import { reading } from '../../observe/deadline.ts'
import { absent, type Reading } from '../../reading.ts'
import { connectSupervisor } from '../../supervisor/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { statusDocument, statusView } from '../views/status.ts'

const insideMs = 4_000

/** Of a VM whose agent is silent the rest is shown all the same. */
function spaceInsideOf({ paths }: Environment): Promise<Reading<InsideSpace>> {
  const read = async (): Promise<Reading<InsideSpace>> => {
    const control = await connectSupervisor(paths)
    return control === undefined ? absent : await spaceInside(control)
  }
  return reading(read, { what: 'the guest', deadlineMs: insideMs })
}

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environment = await openEnvironment(options)
  const [observed, inside] = await Promise.all([
    observeEnvironment(environment, findMeans(environment)),
    spaceInsideOf(environment),
  ])
  const document = statusDocument(environment, observed, inside)
  output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : statusView(document, output))
  return exitCodes.done
}
