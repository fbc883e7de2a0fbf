/** How this command is started from here, for lines that are meant to be typed again. */
import { join, relative } from 'node:path'
import { findProgram } from '../host/packages.ts'
import { packageRoot } from '../host/paths.ts'

/** `desktop` where PATH has it, else the path of bin/desktop: a fresh clone is not installed. */
export async function invocation(directory: string = process.cwd()): Promise<string> {
  if ((await findProgram('desktop')) !== undefined) return 'desktop'
  const path = join(packageRoot(), 'bin', 'desktop')
  const below = relative(directory, path)
  return below.startsWith('..') ? path : `./${below}`
}
