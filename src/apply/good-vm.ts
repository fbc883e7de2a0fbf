/** The VM as it last came up, whole: kept when its engine answers, returned to when other arguments do not work. */
import { access } from 'node:fs/promises'
import type { NetworkSettings } from '../config/desired.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { parseVersioned } from '../host/versioned.ts'
import type { Control, VmSpec } from '../supervisor/api.ts'

const format = 'desktop-vm/1'

export interface GoodVm {
  spec: VmSpec
  network: NetworkSettings
  /** The metadata disk, base64. */
  metadata: string
}

interface Deadlines {
  stopMs: number
  engineMs: number
}

export async function keepGoodVm({ lastGoodVm }: EnvironmentPaths, vm: GoodVm): Promise<void> {
  await writeAtomic(lastGoodVm, JSON.stringify({ format, ...vm }), { mode: 0o600 })
}

/** undefined before a VM came up. */
export async function readGoodVm(path: string): Promise<GoodVm | undefined> {
  const text = await readIfExists(path)
  return text === undefined ? undefined : (parseVersioned(path, text, format) as GoodVm)
}

/**
 * Starts the last good VM in place of one that does not come up. False when there is none, or when it is the very one
 * that failed. Throws when it cannot be started either.
 */
export async function returnToGoodVm(
  paths: EnvironmentPaths,
  failed: VmSpec | undefined,
  control: Control,
  { stopMs, engineMs }: Deadlines,
): Promise<boolean> {
  const good = await readGoodVm(paths.lastGoodVm)
  if (good === undefined) return false
  if (failed !== undefined && JSON.stringify(failed.hashes) === JSON.stringify(good.spec.hashes)) return false
  await requireFiles(good.spec)
  await control.stopVm({ deadlineMs: stopMs })
  await control.setNetwork(good.network)
  await writeAtomic(paths.metadataIso, Buffer.from(good.metadata, 'base64'), { mode: 0o600 })
  await control.startVm(good.spec)
  await control.waitEngine({ deadlineMs: engineMs })
  return true
}

/** Its image may have been removed from the cache. */
async function requireFiles({ argv }: VmSpec): Promise<void> {
  const files = ['-kernel', '-initrd'].map((option) => argv[argv.indexOf(option) + 1] ?? '')
  await Promise.all(files.map((file) => access(file))).catch((cause: unknown) => {
    throw new DesktopError('vm/start-failed', `the image of before is gone: ${messageOf(cause)}`, { cause })
  })
}
