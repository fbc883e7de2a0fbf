/** Docker client for hosts without one: Debian's docker-cli, compose and buildx, unpacked into the cache. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { CachePaths } from '../../host/paths.ts'
import type { OnProgress } from '../../progress.ts'
import { cachedLock } from '../digest.ts'
import type { ComponentLock, LockedPackage } from '../image.ts'
import { clientPackages, withoutPackages } from './components.ts'
import { debControl } from './deb.ts'
import { debPath, fetchDebs } from './debs.ts'
import { addDeb, bytesAt, type Layer } from './layer.ts'
import { sha256 } from './lock.ts'
import { openIndex } from './package-index.ts'
import { closure, dependsOf, type PackageIndex } from './packages.ts'
import { compareVersions } from './version.ts'

/** A cached client. All paths are absolute. */
export interface DockerClient {
  /** Program to start as `docker`. */
  docker: string
  /** Plugin programs by name, e.g. `docker-compose`. */
  plugins: Readonly<Record<string, string>>
}

interface ClientOptions {
  cache: CachePaths
  /** desktop.lock, if there is one. */
  lock?: ComponentLock | undefined
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
  /** glibc version of this host; undefined = another libc. */
  glibc?: string | undefined
}

/** Incremented when the layout of the same packages changes. */
const layout = 2

/** Unpacks on first use. If `glibc` is older than the packages require, programs use the bundled libc. */
export async function dockerClient(options: ClientOptions): Promise<DockerClient> {
  const packages = await clientLock(options)
  const dir = join(
    options.cache.clientDir,
    sha256(String(layout), ...packages.map((one) => one.sha256)).slice(0, 16),
  )
  const wanted = (await readIfExists(join(dir, 'glibc'))) ?? (await unpack(dir, packages, options))
  const { glibc } = options
  // `own` has a script per program that starts it with the bundled dynamic loader.
  const programs = glibc !== undefined && compareVersions(glibc, wanted) >= 0 ? 'programs' : 'own'
  const at = (name: string): string => join(dir, programs, name)
  return {
    docker: at('docker'),
    plugins: { 'docker-compose': at('docker-compose'), 'docker-buildx': at('docker-buildx') },
  }
}

/** glibc version of this process; on musl, Node reports none. */
export function hostGlibc(): string | undefined {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime
}

/** Resolves the client and its libraries. Pure. */
export function resolveClient(index: PackageIndex): LockedPackage[] {
  const { packages, problems } = closure(index, clientPackages, withoutPackages)
  const [problem] = problems
  if (problem !== undefined)
    throw new DesktopError('guest/package-missing', `the package index has no ${problem.missing}`)
  return packages.map(({ name, version, sha256, sizeBytes }) => ({ name, version, sha256, sizeBytes }))
}

/** From desktop.lock; else the packages resolved with the guest; else resolved here. */
async function clientLock({
  cache,
  lock,
  onProgress,
  signal,
}: ClientOptions): Promise<readonly LockedPackage[]> {
  const locked = lock?.client ?? (await cachedLock(cache))?.client
  if (locked !== undefined) return locked
  const path = join(cache.clientDir, 'lock.json')
  const kept = await readIfExists(path)
  if (kept !== undefined) return JSON.parse(kept) as LockedPackage[]
  const resolved = resolveClient(await openIndex(cache.aptDir, { onProgress, signal }))
  await writeAtomic(path, JSON.stringify(resolved))
  return resolved
}

const plugins = 'usr/libexec/docker/cli-plugins'
const files: Readonly<Record<string, string>> = {
  docker: 'usr/bin/docker',
  'docker-compose': `${plugins}/docker-compose`,
  'docker-buildx': `${plugins}/docker-buildx`,
}
const libraries = 'usr/lib/x86_64-linux-gnu'
const loader = 'ld-linux-x86-64.so.2'

/** Unpacks everything with a final rename, and returns the glibc version that the programs require. */
async function unpack(
  dir: string,
  packages: readonly LockedPackage[],
  { cache, onProgress, signal }: ClientOptions,
): Promise<string> {
  const index = (): Promise<PackageIndex> => openIndex(cache.aptDir, { onProgress, signal })
  await fetchDebs(cache.debsDir, packages, { index, onProgress, signal })
  const layer: Layer = new Map()
  const wanted: string[] = []
  for (const one of packages) {
    const path = debPath(cache.debsDir, one)
    await addDeb(layer, path, [/^usr\/share\//, /^etc\//], signal)
    if (clientPackages.includes(one.name)) wanted.push(...libcVersions(await debControl(path)))
  }
  await mkdir(cache.clientDir, { recursive: true })
  const staged = await mkdtemp(join(cache.clientDir, '.unpacking-'))
  try {
    for (const sub of ['programs', 'own', 'lib']) await mkdir(join(staged, sub))
    for (const [name, path] of Object.entries(files)) {
      const bytes = bytesAt(layer, path)
      if (bytes === undefined)
        throw new DesktopError('guest/build-failed', `the client's packages have no ${path}`)
      await writeFile(join(staged, 'programs', name), bytes, { mode: 0o755 })
      await writeFile(join(staged, 'own', name), starter(name), { mode: 0o755 })
    }
    for (const [path, entry] of layer) {
      const name = path.startsWith(`${libraries}/`) ? path.slice(libraries.length + 1) : ''
      if (entry.type !== 'file' || !/^[^/]+\.so[.\d]*$/.test(name)) continue
      await writeFile(join(staged, 'lib', name), bytesAt(layer, path) ?? '', { mode: 0o755 })
    }
    const glibc = wanted.toSorted(compareVersions).at(-1) ?? '0'
    await writeFile(join(staged, 'glibc'), glibc)
    await rename(staged, dir).catch((error: unknown) => {
      // Another process unpacked the same client first.
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
    })
    return glibc
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

const libcVersions = (control: string): string[] =>
  dependsOf(control)
    .flat()
    .flatMap(({ name, version }) => (name === 'libc6' && version !== undefined ? [version] : []))

/**
 * Locates its files relative to itself, so that the cache can be moved. docker passes `$0` to plugins, which use it to
 * call docker.
 */
function starter(name: string): string {
  return `#!/bin/sh
own=$0
[ ! -L "$0" ] || own=$(readlink -f "$0")
dir=\${own%/own/*}
exec "$dir/lib/${loader}" --library-path "$dir/lib" --argv0 "$0" "$dir/programs/${name}" "$@"
`
}
