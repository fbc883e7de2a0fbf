/** `desktop init`: a first desktop.yaml with the keys that people change, each explained. Never overwrites. */
import { writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { DesktopError, exitCodes, systemCode } from '../../errors.ts'
import type { Output } from '../output.ts'

interface Options {
  file: string
  name?: string
}

export async function run(options: Options, output: Output): Promise<number> {
  const path = resolve(options.file)
  try {
    await writeFile(path, firstFile(options.name ?? nameFrom(dirname(path))), { flag: 'wx' })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    throw new DesktopError('cli/usage', `${path} exists already`, {
      hint: 'it is left as it is; choose another with -f',
    })
  }
  output.say(`wrote ${path}; next: desktop apply`)
  return exitCodes.done
}

/** A folder's name as the name of an environment. */
export function nameFrom(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
  return name === '' ? 'default' : name
}

export const firstFile = (name: string): string => `apiVersion: desktop/v1
name: ${name}

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
