/** The store of .deb files: named by content, filled from the mirror, checked whenever it is read. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DesktopError, systemCode } from '../../errors.ts'
import type { OnProgress } from '../../progress.ts'
import type { LockedPackage } from '../image.ts'
import { type AptRoot, downloadDebs } from './apt.ts'

export function debPath(debsDir: string, { sha256 }: { sha256: string }): string {
  return join(debsDir, `${sha256}.deb`)
}

/** Hex SHA-256 of a file; undefined when it does not exist. */
export async function fileSha256(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}

async function isWhole(debsDir: string, wanted: LockedPackage): Promise<boolean> {
  const path = debPath(debsDir, wanted)
  const found = await stat(path).catch(() => undefined)
  if (found?.size === wanted.sizeBytes && (await fileSha256(path)) === wanted.sha256) return true
  await rm(path, { force: true })
  return false
}

/** Bytes of the files in a directory now; files may vanish in between. */
async function sizeOf(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(dir, name)).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

interface FetchOptions {
  /** Called only when something must be downloaded, so that a full cache works with no network or index. */
  aptRoot: () => Promise<AptRoot>
  offline?: boolean | undefined
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

async function missingDebs(debsDir: string, packages: readonly LockedPackage[]): Promise<LockedPackage[]> {
  const missing: LockedPackage[] = []
  for (const one of packages) if (!(await isWhole(debsDir, one))) missing.push(one)
  return missing
}

/** Throws `guest/offline` when one is missing. */
export async function requireDebs(debsDir: string, packages: readonly LockedPackage[]): Promise<void> {
  const missing = await missingDebs(debsDir, packages)
  if (missing.length === 0) return
  const names = missing.slice(0, 3).map(({ name, version }) => `${name} ${version}`)
  const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : ''
  throw new DesktopError('guest/offline', `not in the cache: ${names.join(', ')}${more}`)
}

/** Makes every package present and intact in `debsDir`; downloads what is not. */
export async function fetchDebs(
  debsDir: string,
  packages: readonly LockedPackage[],
  { aptRoot, offline, onProgress, signal }: FetchOptions,
): Promise<void> {
  // A fixed name, so that a download that was cut goes on where it stopped.
  const partial = join(debsDir, 'partial')
  await mkdir(partial, { recursive: true })
  if (offline === true) await requireDebs(debsDir, packages)
  const missing = await missingDebs(debsDir, packages)
  if (missing.length === 0) return
  const total = missing.reduce((sum, one) => sum + one.sizeBytes, 0)
  const message = `Downloading ${missing.length} Debian packages`
  const report = (done: number) =>
    onProgress?.({ step: 'image/download', message, done: Math.min(done, total), total, unit: 'bytes' })
  report(0)
  const timer = setInterval(() => void sizeOf(partial).then(report), 200)
  try {
    await downloadDebs(await aptRoot(), missing, partial, signal)
  } finally {
    clearInterval(timer)
  }
  const byDigest = new Map(missing.map((one) => [one.sha256, one]))
  for (const name of await readdir(partial)) {
    const path = join(partial, name)
    const digest = name.endsWith('.deb') ? await fileSha256(path) : undefined
    const wanted = digest === undefined ? undefined : byDigest.get(digest)
    if (wanted === undefined) await rm(path, { force: true, recursive: true })
    else {
      await rename(path, debPath(debsDir, wanted))
      byDigest.delete(wanted.sha256)
    }
  }
  if (byDigest.size > 0) {
    const names = [...byDigest.values()].map((one) => `${one.name} ${one.version}`).join(', ')
    throw new DesktopError(
      'guest/version-gone',
      `the mirror has these versions with other content than is locked: ${names}`,
      {
        hint: 'compare desktop.lock with what was reviewed; `desktop lock --update` takes what the mirror has',
      },
    )
  }
  report(total)
}
