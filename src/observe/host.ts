/** The host of the VM. */
import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DesiredVm } from '../config/desired.ts'
import { systemCode } from '../errors/system.ts'
import { findHypervisor, hypervisorPackages } from '../guest/debian/hypervisor.ts'
import { bootId } from '../host/identity.ts'
import { hostPrograms, missingPackages, qemuBinary } from '../host/packages.ts'
import { cachePaths } from '../host/paths.ts'
import { hostRoutes } from '../host/routes.ts'
import { findVirtiofsd, virtiofsdPackage } from '../vm/share/virtiofs.ts'
import { observeLimits } from './limits.ts'
import { hostListeners } from './listeners.ts'
import type { ObservedHost } from './observed.ts'

export async function observeHost(
  accelerator: () => Promise<ObservedHost['accelerator']>,
  dataDisk: string,
  sources: readonly string[],
  socketPaths: readonly string[],
  qemu: DesiredVm['qemu'],
): Promise<ObservedHost> {
  const stateDir = dirname(dataDisk)
  const [missing, accelerated, freeBytes, listeners, routes, limits, unwritable, shares] = await Promise.all([
    missingFor({ hasShares: sources.length > 0, qemu }),
    accelerator(),
    freeSpace(stateDir),
    hostListeners(),
    hostRoutes(),
    observeLimits(socketPaths),
    unwritableBecause(stateDir),
    Promise.all(sources.map(async (source) => [source, await shareSource(source)] as const)),
  ])
  return {
    bootId: bootId(),
    missingPackages: missing,
    accelerator: accelerated,
    freeBytes,
    listeners,
    routes,
    limits,
    ...(unwritable === undefined ? {} : { stateProblem: `${stateDir}: ${unwritable}` }),
    shares: Object.fromEntries(shares),
  }
}

/** Packages that a VM needs and this host lacks. */
export async function missingFor({
  hasShares,
  qemu,
}: {
  hasShares: boolean
  qemu: DesiredVm['qemu']
}): Promise<string[]> {
  if (qemu === 'debian') {
    const [missing, found] = await Promise.all([
      missingPackages(hostPrograms().filter((program) => program !== qemuBinary())),
      findHypervisor(cachePaths()),
    ])
    return found === undefined ? [...missing, ...hypervisorPackages] : missing
  }
  const [missing, virtiofsd] = await Promise.all([missingPackages(), hasShares ? findVirtiofsd() : ''])
  // QEMU's package may include virtiofsd.
  return virtiofsd === undefined && missing.length === 0 ? [virtiofsdPackage] : missing
}

/** Checks the directory, or its nearest existing parent. */
async function unwritableBecause(directory: string): Promise<string | undefined> {
  for (let dir = directory; ; dir = dirname(dir)) {
    try {
      await access(dir, constants.W_OK | constants.X_OK)
      return undefined
    } catch (error) {
      const code = systemCode(error)
      if (code === 'EROFS') return 'the file system is read-only'
      if (code === 'ENOTDIR') return `${dirname(dir)} is not a directory`
      if (code !== 'ENOENT' || dir === dirname(dir)) return 'this user may not write there'
    }
  }
}

async function shareSource(path: string): Promise<ObservedHost['shares'][string]> {
  try {
    if (!(await stat(path)).isDirectory()) return 'file'
    await access(path, constants.R_OK | constants.X_OK)
    return 'directory'
  } catch (error) {
    const code = systemCode(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'nothing' : 'unreadable'
  }
}

/** Free space of the directory's file system, via the nearest existing parent. */
export async function freeSpace(directory: string): Promise<number | undefined> {
  for (let dir = directory; ; dir = dirname(dir)) {
    try {
      const { bavail, bsize } = await statfs(dir)
      return bavail * bsize
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || dir === dirname(dir)) return undefined
    }
  }
}
