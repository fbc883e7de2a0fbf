/**
 * QEMU and virtiofsd of the guest's Debian release, for hosts whose own are older. They lie in the cache with their
 * loader, libraries and firmware, so that they run on every Linux; install-hypervisor.ts puts them there.
 */
import { join } from 'node:path'
import { readIfExists } from '../../host/atomic-file.ts'
import type { CachePaths } from '../../host/paths.ts'
import type { Program } from '../../host/program.ts'
import type { LockedPackage } from '../image.ts'
import { sha256 } from './lock.ts'
import { suite } from './mirror.ts'

/** Names of the packages on a plan, as apt writes a package of a certain release. */
export const hypervisorPackages: readonly string[] = ['qemu-system-x86', 'virtiofsd'].map(
  (name) => `${name}/${suite}`,
)

export interface Hypervisor {
  qemu: Program
  virtiofsd: Program
}

/** Incremented when the layout of the same packages changes. */
const layout = 1

/** Written last. */
export const completeFile = 'complete'
const loader = 'ld-linux-x86-64.so.2'

export const hypervisorLock = ({ hypervisorDir }: CachePaths): string => join(hypervisorDir, 'lock.json')

export const hypervisorFolder = (cache: CachePaths, packages: readonly LockedPackage[]): string =>
  join(cache.hypervisorDir, sha256(String(layout), ...packages.map((one) => one.sha256)).slice(0, 16))

/** undefined until installed. */
export async function findHypervisor(cache: CachePaths): Promise<Hypervisor | undefined> {
  const kept = await readIfExists(hypervisorLock(cache))
  if (kept === undefined) return undefined
  const folder = hypervisorFolder(cache, JSON.parse(kept) as LockedPackage[])
  if ((await readIfExists(join(folder, completeFile))) === undefined) return undefined
  const [qemu, virtiofsd] = [join(folder, 'qemu-system-x86_64'), join(folder, 'virtiofsd')]
  const start = (file: string): Program['command'] => [
    join(folder, 'lib', loader),
    ...['--library-path', join(folder, 'lib'), file],
  ]
  return {
    qemu: { command: [...start(qemu), '-L', join(folder, 'share')], file: qemu, folder },
    virtiofsd: { command: start(virtiofsd), file: virtiofsd, folder },
  }
}
