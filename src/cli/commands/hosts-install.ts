/** `desktop hosts install NAME`: installs this version on a host of `hosts`. */
import { readAnyMachine } from '../../apply/environment/environment.ts'
import { installThere } from '../../apply/remote/install.ts'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { toolVersion } from '../../version.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output, name: string): Promise<number> {
  const { hosts = [] } = await readAnyMachine(options)
  const host = hosts.find((one) => one.name === name)
  if (host === undefined) {
    const names = hosts.map((one) => one.name)
    const hint =
      didYouMean(name, names) ??
      (names.length === 0 ? 'add it under hosts in desktop.yaml' : `there are: ${names.join(', ')}`)
    throw new DesktopError('cli/usage', `there is no host "${name}"`, { hint })
  }
  const folder = await installThere(host)
  if (options.json) output.write(`${JSON.stringify({ host: name, version: toolVersion, folder })}\n`)
  else output.say(`desktop ${toolVersion} is installed on ${name}, in ${folder}`)
  return exitCodes.done
}
