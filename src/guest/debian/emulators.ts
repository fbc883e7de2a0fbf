/** QEMU's user-mode emulators: extracts the requested ones from the package into the cache. */
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { CachePaths } from '../../host/paths.ts'
import type { OnProgress } from '../../progress.ts'
import type { LockedPackage } from '../image.ts'
import { debPath, fetchDebs } from './debs.ts'
import { addDeb, bytesAt, type Layer } from './layer.ts'
import { openIndex } from './package-index.ts'
import { closure, type PackageIndex } from './packages.ts'

/** Its programs are statically linked. */
const emulatorPackage = 'qemu-user'

interface EmulatorOptions {
  cache: CachePaths
  /** Use only the cache. */
  offline?: boolean
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

/** Paths of `qemu-NAME`, in the order of the names. Downloads 71 MB on first use. */
export async function emulators(names: readonly string[], options: EmulatorOptions): Promise<string[]> {
  const locked = await emulatorLock(options)
  const dir = join(options.cache.emulatorDir, locked.sha256.slice(0, 16))
  const at = (name: string): string => join(dir, `qemu-${name}`)
  const missing: string[] = []
  for (const name of names) if (!(await exists(at(name)))) missing.push(name)
  if (missing.length > 0) {
    const unpacked = await unpack(locked, missing, options)
    await mkdir(dir, { recursive: true })
    for (const [name, bytes] of unpacked) await writeAtomic(at(name), bytes, { mode: 0o755 })
  }
  return names.map(at)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** The version that this host installed first; not part of `desktop.lock`. */
async function emulatorLock({ cache, onProgress, signal }: EmulatorOptions): Promise<LockedPackage> {
  const path = join(cache.emulatorDir, 'lock.json')
  const kept = await readIfExists(path)
  if (kept !== undefined) return JSON.parse(kept) as LockedPackage
  const resolved = resolveEmulators(await openIndex(cache.aptDir, { onProgress, signal }))
  await mkdir(cache.emulatorDir, { recursive: true })
  await writeAtomic(path, JSON.stringify(resolved))
  return resolved
}

/** Pure. */
export function resolveEmulators(index: PackageIndex): LockedPackage {
  const found = closure(index, [emulatorPackage], new Set()).packages.find(
    ({ name }) => name === emulatorPackage,
  )
  if (found === undefined)
    throw new DesktopError('guest/package-missing', `the package index has no ${emulatorPackage}`)
  const { name, version, sha256, sizeBytes } = found
  return { name, version, sha256, sizeBytes }
}

async function unpack(
  locked: LockedPackage,
  names: readonly string[],
  { cache, offline, onProgress, signal }: EmulatorOptions,
): Promise<(readonly [name: string, bytes: Buffer])[]> {
  const index = (): Promise<PackageIndex> => openIndex(cache.aptDir, { onProgress, signal })
  await fetchDebs(cache.debsDir, [locked], { index, offline, onProgress, signal })
  const layer: Layer = new Map()
  // All emulators would take 470 MB of memory.
  const others = new RegExp(`^(?!usr/bin/qemu-(?:${names.join('|')})$)`)
  await addDeb(layer, debPath(cache.debsDir, locked), [others], signal)
  return names.map((name) => {
    const bytes = bytesAt(layer, `usr/bin/qemu-${name}`)
    if (bytes === undefined)
      throw new DesktopError('guest/build-failed', `${emulatorPackage} has no qemu-${name}`)
    return [name, bytes]
  })
}
