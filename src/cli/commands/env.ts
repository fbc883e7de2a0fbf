/** `desktop env`: a line for the shell, so that `eval "$(desktop env)"` points docker here. */
import { openEnvironment } from '../../apply/environment.ts'
import { exitCodes } from '../../errors.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { dockerSocket } = await openEnvironment(options)
  const DOCKER_HOST = dockerHost(dockerSocket)
  output.write(
    options.json ? `${JSON.stringify({ DOCKER_HOST })}\n` : `export DOCKER_HOST='${quoted(DOCKER_HOST)}'\n`,
  )
  return exitCodes.done
}

/** For a POSIX shell, inside single quotes. */
const quoted = (text: string): string => text.replaceAll("'", `'\\''`)
