/** `desktop env`: shell variables, so that `eval "$(desktop env)"` points docker at this environment. */
import {
  type Environment,
  type EnvironmentOptions,
  openEnvironment,
  readEnvironment,
} from '../../apply/environment/environment.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { FileOptions } from '../arguments.ts'
import { dockerVariables } from '../docker-environment.ts'
import type { Output } from '../output.ts'

export async function run(given: FileOptions, output: Output, machine?: string): Promise<number> {
  const options = machine === undefined ? given : { ...given, machine }
  const { dockerSocket, desired } = await openHere(options)
  const { set, unset } = dockerVariables(dockerHost(dockerSocket), desired.publish.bind)
  if (options.json) output.write(`${JSON.stringify(set)}\n`)
  else {
    for (const name of unset) output.write(`unset ${name}\n`)
    for (const [name, value] of Object.entries(set)) output.write(`export ${name}='${quoted(value)}'\n`)
  }
  return exitCodes.done
}

/** Throws `hosts/elsewhere`: a forwarded docker.sock lasts as long as its ssh connection. */
async function openHere(options: EnvironmentOptions): Promise<Environment> {
  const { host, desired } = await readEnvironment(options)
  const machine = desired.machine?.name ?? desired.name
  if (host === undefined) return await openEnvironment(options)
  throw new DesktopError('hosts/elsewhere', `${machine} is on ${host.name}, and has no docker.sock here`, {
    hint: `use \`desktop docker ${machine}\``,
  })
}

/** For a POSIX shell, inside single quotes. */
const quoted = (text: string): string => text.replaceAll("'", `'\\''`)
