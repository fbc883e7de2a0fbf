/** The last good VM: recorded in full when its engine is up, and restored if a later VM does not boot. */
import { access } from 'node:fs/promises'
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { type MetadataTree, metadataIso } from '../../guest/metadata/tree.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { parseVersioned } from '../../host/versioned.ts'
import type { Control } from '../../supervisor/api/api.ts'
import type { VmSpec } from '../../vm/spec.ts'

const format = 'desktop-vm/2'

export interface LastGoodVm {
  spec: VmSpec
  network: NetworkSettings
  /** Content of the metadata disk as JSON, with encrypted credentials. */
  metadata: string
  /** The metadata disk in base64 instead, from an earlier version. */
  disk?: string
}

interface ReturnOptions {
  stopMs: number
  engineMs: number
  /** Decrypts credentials in recorded text. */
  unseal: (text: string) => string
}

export async function keepLastGoodVm({ lastGoodVm }: EnvironmentPaths, vm: LastGoodVm): Promise<void> {
  await writeAtomic(lastGoodVm, JSON.stringify({ format, ...vm }), { mode: 0o600 })
}

/** undefined before the first successful boot. */
export async function readLastGoodVm(path: string): Promise<LastGoodVm | undefined> {
  const text = await readIfExists(path)
  if (text === undefined) return undefined
  const vm = parseVersioned(path, text, format) as LastGoodVm & { format?: string }
  // The first version recorded the disk itself, with unencrypted credentials.
  return vm.format === format ? vm : { ...vm, disk: vm.metadata }
}

/**
 * Rolls back to the last good VM after a failed start. Returns false if there is none, or if it is the VM
 * that failed. Throws if it does not start either.
 */
export async function returnToLastGoodVm(
  paths: EnvironmentPaths,
  failed: VmSpec | undefined,
  control: Control,
  { stopMs, engineMs, unseal }: ReturnOptions,
): Promise<boolean> {
  const good = await readLastGoodVm(paths.lastGoodVm)
  if (good === undefined) return false
  if (failed !== undefined && JSON.stringify(failed.hashes) === JSON.stringify(good.spec.hashes)) return false
  await requireFiles(good.spec)
  await control.stopVm({ deadlineMs: stopMs })
  await control.setNetwork(good.network)
  const disk =
    good.disk === undefined
      ? metadataIso(JSON.parse(unseal(good.metadata)) as MetadataTree)
      : Buffer.from(good.disk, 'base64')
  await writeAtomic(paths.metadataIso, disk, { mode: 0o600 })
  await control.startVm(good.spec)
  await control.waitEngine({ deadlineMs: engineMs })
  return true
}

/** Its image may have been removed from the cache. */
async function requireFiles({ argv }: VmSpec): Promise<void> {
  const files = ['-kernel', '-initrd'].map((option) => argv[argv.indexOf(option) + 1] ?? '')
  await Promise.all(files.map((file) => access(file))).catch((cause: unknown) => {
    throw new DesktopError(
      'vm/start-failed',
      `the previous guest image is no longer in the cache: ${messageOf(cause)}`,
      { cause },
    )
  })
}
