/** The machine that the VM would run on. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from '../errors.ts'
import { bootId } from '../host/identity.ts'
import { missingPackages } from '../host/packages.ts'
import { hostRoutes } from '../host/routes.ts'
import { hostListeners } from './listeners.ts'
import type { ObservedHost } from './observed.ts'

export async function observeHost(
  accelerator: () => Promise<ObservedHost['accelerator']>,
  dataDisk: string,
): Promise<ObservedHost> {
  const [missing, accelerated, freeBytes, listeners, routes] = await Promise.all([
    missingPackages(),
    accelerator(),
    freeSpace(dirname(dataDisk)),
    hostListeners(),
    hostRoutes(),
  ])
  return {
    bootId: bootId(),
    missingPackages: missing,
    accelerator: accelerated,
    freeBytes,
    listeners,
    routes,
  }
}

/** Of the file system that the directory will be on, when it does not exist yet. */
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
