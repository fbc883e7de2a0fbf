/** `desktop init`: writes a first desktop.yaml with the most used keys, each explained. Never overwrites. */
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { stringify } from 'yaml'
import { nameOfFolder } from '../../config/environment-name.ts'
import { configOf } from '../../config/load.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { systemCode } from '../../errors/system.ts'
import type { Output } from '../output.ts'

interface Options {
  file: string
  name?: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const path = resolve(options.file)
  try {
    const text = firstFile(options.name ?? nameFrom(dirname(path)))
    // Reject an invalid name here instead of in the next command.
    configOf({ file: options.file, path, text, env: {} })
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    throw new DesktopError('cli/usage', `${path} exists already`, {
      hint: 'nothing was changed; choose another file with -f',
    })
  }
  output.say(`wrote ${path}; next: desktop apply`)
  return exitCodes.done
}

/** The environment name for a folder; `default` if its name has no letter or digit. */
export const nameFrom = (folder: string): string => nameOfFolder(folder) ?? 'default'

/** The name is quoted if YAML would read it as a number or null. */
export const firstFile = (name: string): string => `apiVersion: desktop/v1
name: ${stringify(name).trimEnd()}

vm:
  cpus: 2
  memory: 2GiB
  disk: 20GiB # grows when this does; never shrinks by itself

# Ports of the VM on this host: [ip:]host:guest[/udp]
ports: []

# Ports that containers publish (docker run -p) appear on this host by themselves.
publish:
  containers: true
  bind: 127.0.0.1

network:
  dns:
    hosts: {} # name: address

engine:
  config: {} # any key of daemon.json
  registryMirrors: []
  insecureRegistries: []
`
