/** The command name to print in suggested command lines. */
import { join, relative } from 'node:path'
import { findProgram } from '../host/packages.ts'
import { packageRoot } from '../host/paths.ts'

/** `desktop` if it is on PATH, otherwise the path of bin/desktop, for a clone that is not installed. */
export async function invocation(directory: string = process.cwd()): Promise<string> {
  if ((await findProgram('desktop')) !== undefined) return 'desktop'
  const path = join(packageRoot(), 'bin', 'desktop')
  const below = relative(directory, path)
  return below.startsWith('..') ? path : `./${below}`
}
