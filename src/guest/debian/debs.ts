/** Content-addressed store of .deb files, filled from the mirror and verified on every read. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { acquireLock } from '../../host/flock.ts'
import type { OnProgress } from '../../progress.ts'
import type { LockedPackage } from '../image.ts'
import { asNetworkError, downloadFile, fileSha256 } from './download.ts'
import type { Package, PackageIndex } from './packages.ts'
import { MirrorError, openTransport, type Transport } from './transport.ts'

export function debPath(debsDir: string, { sha256 }: { sha256: string }): string {
  return join(debsDir, `${sha256}.deb`)
}

async function isWhole(debsDir: string, wanted: LockedPackage): Promise<boolean> {
  const path = debPath(debsDir, wanted)
  const found = await stat(path).catch(() => undefined)
  if (found?.size === wanted.sizeBytes && (await fileSha256(path)) === wanted.sha256) return true
  await rm(path, { force: true })
  return false
}

interface FetchOptions {
  /** Called only if something must be downloaded, so that a full cache needs neither network nor index. */
  index: () => Promise<PackageIndex>
  offline?: boolean | undefined
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

async function missingDebs(debsDir: string, packages: readonly LockedPackage[]): Promise<LockedPackage[]> {
  const missing: LockedPackage[] = []
  for (const one of packages) if (!(await isWhole(debsDir, one))) missing.push(one)
  return missing
}

/** Throws `guest/offline` if one is missing. */
export async function requireDebs(debsDir: string, packages: readonly LockedPackage[]): Promise<void> {
  const missing = await missingDebs(debsDir, packages)
  if (missing.length === 0) return
  const names = missing.slice(0, 3).map(({ name, version }) => `${name} ${version}`)
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : ''
  throw new DesktopError('guest/offline', `not in the cache: ${names.join(', ')}${more}`)
}

/** Ensures that all packages are intact in `debsDir`; downloads missing ones. */
export async function fetchDebs(
  debsDir: string,
  packages: readonly LockedPackage[],
  { index, offline, onProgress, signal }: FetchOptions,
): Promise<void> {
  // A fixed path, so that an interrupted download resumes.
  const partial = join(debsDir, 'partial')
  await mkdir(partial, { recursive: true })
  if (offline === true) await requireDebs(debsDir, packages)
  if ((await missingDebs(debsDir, packages)).length === 0) return
  const known = await index()
  await using _lock = await acquireLock(join(partial, 'lock'), {
    command: 'downloading packages',
    timeoutMs: lockTimeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
  // Another process may have held the lock and downloaded some of them.
  const wanted = (await missingDebs(debsDir, packages)).map((one) => onMirror(known, one))
  await removeStale(partial, wanted)
  const total = wanted.reduce((sum, one) => sum + one.sizeBytes, 0)
  const done = new Map<string, number>()
  const report = (): void =>
    onProgress?.({
      step: 'image/download',
      message: `Downloading ${wanted.length} Debian packages`,
      done: [...done.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
      unit: 'bytes',
    })
  report()
  using transport = await openTransport()
  await inParallel(
    wanted,
    async (one, stop) => {
      await downloadOne(debsDir, one, {
        transport,
        signal: stop,
        onBytes: (bytes) => done.set(one.sha256, bytes) && report(),
      })
    },
    signal,
  )
}

const lockTimeoutMs = 600_000

/** More connections per mirror are impolite, and no faster. */
const connections = 4

/** Downloads the largest first, to avoid one long download at the end; the first error aborts the others. */
async function inParallel(
  packages: readonly Package[],
  work: (one: Package, stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failed = new AbortController()
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const queue = packages.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      stop.throwIfAborted()
      await work(one, stop)
    }
  }
  const workers = Array.from({ length: connections }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(workers)
  signal?.throwIfAborted()
  failed.signal.throwIfAborted()
}

async function downloadOne(
  debsDir: string,
  one: Package,
  options: { transport: Transport; signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<void> {
  const path = join(debsDir, 'partial', `${one.sha256}.deb`)
  try {
    await downloadFile(one, path, options)
  } catch (error) {
    // The cached index is older than the mirror's.
    if (error instanceof MirrorError && error.gone) throw versionGone(one, error)
    options.signal.throwIfAborted()
    throw asNetworkError(error)
  }
  await rename(path, debPath(debsDir, one))
}

/** Removes partial downloads that are no longer needed. */
async function removeStale(partial: string, wanted: readonly Package[]): Promise<void> {
  const kept = new Set(['lock', 'lock.holder', ...wanted.map(({ sha256 }) => `${sha256}.deb`)])
  for (const name of await readdir(partial))
    if (!kept.has(name)) await rm(join(partial, name), { force: true, recursive: true })
}

/** The package in the index with this version and content. */
function onMirror(index: PackageIndex, { name, version, sha256 }: LockedPackage): Package {
  const found = index.versions(name).filter((one) => one.version === version)
  const exact = found.find((one) => one.sha256 === sha256)
  if (exact !== undefined) return exact
  if (found.length === 0) throw versionGone({ name, version })
  throw new DesktopError(
    'guest/version-gone',
    `${name} ${version} on the mirror differs from the one in desktop.lock`,
    {
      hint: 'compare desktop.lock with its reviewed version; `desktop lock --update` pins the packages of the mirror',
    },
  )
}

function versionGone({ name, version }: { name: string; version: string }, cause?: unknown): DesktopError {
  return new DesktopError('guest/version-gone', `the mirror does not have ${name} ${version}`, { cause })
}
