/** Everything that distinguishes one VM from another. */
import { expect } from 'vitest'
import { ok } from '../environment.ts'
import { machine } from '../shared-vm.ts'

/** Identifiers of this VM, one per line, except its name. */
const identities = [
  ['machine-id', 'cat /etc/machine-id'],
  ['boot id', 'cat /proc/sys/kernel/random/boot_id'],
  ['random numbers', 'head -c 16 /dev/urandom | od -An -tx1'],
  ['file system', 'tune2fs -l "$(. /usr/lib/desktop/disks; disk_of data)" | grep UUID'],
  ['engine', 'cat /var/lib/docker/engine-id'],
] as const
export async function identity(): Promise<Map<string, string>> {
  const script = identities.map(([, command]) => command).join('; echo; ')
  const lines = (await ok(machine.desktop('exec', '--', 'sh', '-c', script))).split('\n').filter(Boolean)
  expect(lines).toHaveLength(identities.length)
  const known = new Map<string, string>(identities.map(([name], index) => [name, lines[index] ?? '']))
  for (const network of ['bridge', 'host', 'none'])
    known.set(network, await ok(machine.docker('network', 'inspect', '-f', '{{.Id}}', network)))
  return known
}
let first: ReadonlyMap<string, string> | undefined

export async function rememberIdentity(): Promise<void> {
  first = await identity()
}

export function rememberedIdentity(): ReadonlyMap<string, string> {
  if (first === undefined) throw new Error('the first apply has failed')
  return first
}
