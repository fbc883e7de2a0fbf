/** The signed package indexes of the guest's suites: fetched, verified, cached and merged. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { acquireLock } from '../../host/flock.ts'
import type { OnProgress } from '../../progress.ts'
import { aptFlag } from './apt-config.ts'
import { decompressed } from './decompress.ts'
import { asNetworkError, downloadFile, fileSha256 } from './download.ts'
import { architecture, findMirrors, type Mirror } from './mirror.ts'
import { type IndexText, type PackageIndex, parsePackages } from './packages.ts'
import { checkRelease, parseRelease, type Release, readKeys, verifiedText } from './release.ts'
import { MirrorError, openTransport, type Transport } from './transport.ts'

/** Stored next to each `Packages` file, which is valid only with this record. */
interface IndexRecord {
  uri: string
  suite: string
  /** Date of the signed index. */
  date: string
  /** Digest of the unpacked `Packages`. */
  sha256: string
}

interface UpdateOptions {
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

const lockTimeoutMs = 600_000

const listsIn = (dir: string): string => join(dir, 'lists')

/** Fetches and verifies the index of every suite. Current files are not downloaded again. */
export async function updateIndex(dir: string, options: UpdateOptions = {}): Promise<void> {
  const mirrors = await findMirrors()
  if (!mirrors.some(({ suite }) => suite.endsWith('-security'))) {
    options.onProgress?.({
      step: 'image/resolve',
      message: 'Without security updates: DESKTOP_DEBIAN_SECURITY_MIRROR is none',
      notice: true,
    })
  }
  await mkdir(listsIn(dir), { recursive: true })
  // Concurrent downloads must not append to the same partial file.
  await using _lock = await acquireLock(join(dir, 'index.lock'), {
    command: 'reading the package index',
    timeoutMs: lockTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  using transport = await openTransport()
  const keys = await readKeys()
  for (const mirror of mirrors) await updateSuite(listsIn(dir), mirror, { ...options, transport, keys })
  const kept = mirrors.flatMap(({ suite }) => [`${suite}.json`, `${suite}.Packages`])
  for (const name of await readdir(listsIn(dir)))
    if (!kept.includes(name)) await rm(join(listsIn(dir), name), { recursive: true, force: true })
}

interface Session extends UpdateOptions {
  transport: Transport
  keys: readonly string[]
}

async function updateSuite(lists: string, mirror: Mirror, session: Session): Promise<void> {
  const { transport } = session
  const release = await fetchRelease(mirror, session)
  const recordPath = join(lists, `${mirror.suite}.json`)
  const before = parseRecord(await readIfExists(recordPath))
  checkRelease(release, {
    suite: mirror.suite,
    now: new Date(),
    seen: before === undefined ? undefined : new Date(before.date),
    checkValidUntil: aptFlag(transport.config, 'Acquire::Check-Valid-Until', true),
    allowDowngrade: process.env.DESKTOP_DEBIAN_DOWNGRADE === 'allow',
  })
  const path = `main/binary-${architecture}/Packages`
  const plain = release.files.get(path)
  if (plain === undefined) throw new DesktopError('guest/package-missing', `${mirror.suite} has no ${path}`)
  const target = join(lists, `${mirror.suite}.Packages`)
  if (before?.sha256 !== plain.sha256 || (await fileSha256(target)) !== plain.sha256)
    await fetchPackages({ mirror, release, path, target }, session)
  const record: IndexRecord = { ...mirror, date: release.date.toISOString(), sha256: plain.sha256 }
  await writeAtomic(recordPath, `${JSON.stringify(record)}\n`)
}

/** InRelease files are small; Debian's are about 140 kB. */
const maxReleaseBytes = 8 * 2 ** 20

async function fetchRelease({ uri, suite }: Mirror, { transport, keys, signal }: Session): Promise<Release> {
  const url = `${uri}/dists/${suite}/InRelease`
  const chunks: Buffer[] = []
  try {
    let size = 0
    for await (const chunk of await transport.get(url, { 'cache-control': 'max-age=0' }, signal)) {
      size += (chunk as Buffer).length
      if (size > maxReleaseBytes) throw new MirrorError(url, 'longer than any package index')
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof MirrorError && error.gone) throw missingSuite(uri, suite, error)
    throw asNetworkError(error)
  }
  return parseRelease(await verifiedText(Buffer.concat(chunks).toString('utf8'), keys))
}

function missingSuite(uri: string, suite: string, cause: unknown): DesktopError {
  const message = `${uri} has no suite ${suite}`
  if (!suite.endsWith('-security')) return new DesktopError('guest/no-mirror', message, { cause })
  return new DesktopError('guest/no-security-suite', message, { cause })
}

interface Job {
  mirror: Mirror
  release: Release
  path: string
  target: string
}

/** Uses the suite's best compression; the decompressed file is verified too. */
async function fetchPackages({ mirror, release, path, target }: Job, session: Session): Promise<void> {
  const { transport, onProgress, signal } = session
  const found = ['.xz', '.gz'].find((extension) => release.files.has(path + extension))
  const packed = release.files.get(path + (found ?? ''))
  if (found === undefined || packed === undefined)
    throw new DesktopError('guest/package-missing', `${mirror.suite} has no compressed ${path}`)
  const base = `${mirror.uri}/dists/${mirror.suite}`
  const named = `${base}/${path}${found}`
  const byHash = `${base}/${path.replace(/[^/]*$/, '')}by-hash/SHA256/${packed.sha256}`
  const partial = `${target}.${packed.sha256}${found}`
  const get = (url: string): Promise<void> =>
    downloadFile({ url, ...packed }, partial, {
      transport,
      signal,
      onBytes: (done) =>
        onProgress?.({
          step: 'image/resolve',
          message: `Downloading the package index of ${mirror.suite}`,
          done,
          total: packed.sizeBytes,
          unit: 'bytes',
        }),
    })
  try {
    await get(release.byHash ? byHash : named).catch((error: unknown) => {
      if (release.byHash && error instanceof MirrorError && error.gone) return get(named)
      throw error
    })
  } catch (error) {
    throw asNetworkError(error)
  }
  const unpacked = `${target}.${process.pid}.tmp`
  try {
    const bytes = await decompressed(partial, createReadStream(partial, { highWaterMark: 1 << 20 }))
    await pipeline(bytes, createWriteStream(unpacked), signal === undefined ? {} : { signal })
    if ((await fileSha256(unpacked)) !== release.files.get(path)?.sha256)
      throw new DesktopError('guest/bad-signature', `${named} does not match its signed index once unpacked`)
    await rename(unpacked, target)
  } finally {
    await rm(unpacked, { force: true })
  }
  await rm(partial, { force: true })
}

function parseRecord(text: string | undefined): IndexRecord | undefined {
  try {
    const { uri, suite, date, sha256 } = JSON.parse(text ?? '') as Partial<IndexRecord>
    const whole = [uri, suite, date, sha256].every((one) => typeof one === 'string')
    return whole ? (JSON.parse(text ?? '') as IndexRecord) : undefined
  } catch {
    // The cache may be deleted or damaged at any time; the index is fetched again.
    return undefined
  }
}

/** The last fetched index; undefined before the first `updateIndex`. */
export async function readIndex(dir: string): Promise<PackageIndex | undefined> {
  const names = (await readdir(listsIn(dir)).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const texts: IndexText[] = []
  for (const name of names) {
    const record = parseRecord(await readIfExists(join(listsIn(dir), name)))
    const path = join(listsIn(dir), `${record?.suite}.Packages`)
    const text = record === undefined ? undefined : await readIfExists(path)
    if (record === undefined || text === undefined) return undefined
    texts.push({ uri: record.uri, text })
  }
  return texts.length === 0 ? undefined : parsePackages(...texts)
}

/** The cached index, or a newly fetched one. */
export async function openIndex(dir: string, options: UpdateOptions = {}): Promise<PackageIndex> {
  const known = await readIndex(dir)
  if (known !== undefined) return known
  await updateIndex(dir, options)
  const fetched = await readIndex(dir)
  if (fetched !== undefined) return fetched
  throw new DesktopError(
    'guest/package-missing',
    'the package index vanished from the cache while it was read',
  )
}
