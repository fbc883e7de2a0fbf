/**
 * The guest image cache as shown to the user: images, the environments that use them, and candidates for
 * pruning.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuiltImage, listImages } from '../../guest/built.ts'
import { componentImage } from '../../guest/debian/images.ts'
import { lockedPackages } from '../../guest/debian/lock.ts'
import { buildRules, cachedLock, imageDigest } from '../../guest/digest.ts'
import type { ComponentLock } from '../../guest/image.ts'
import { openStore } from '../../guest/oci/layout-store.ts'
import { renderLinuxkit } from '../../guest/render.ts'
import { baseDirs, cachePaths } from '../../host/paths.ts'
import { type KeptGolden, listGolden } from '../../vm/golden/snapshot.ts'
import { environmentLocks, type ImageUse, imageUses } from './references.ts'

export interface CachedImage extends BuiltImage {
  uses: readonly ImageUse[]
  /** The default image, for a desktop.yaml without guest keys. */
  current: boolean
  snapshots: readonly KeptGolden[]
}

type Dirs = ReturnType<typeof baseDirs>

/** Throws if an environment's images cannot be read. */
export async function cachedImages(dirs: Dirs = baseDirs()): Promise<CachedImage[]> {
  const cache = cachePaths(dirs)
  const [images, uses, snapshots, lock] = await Promise.all([
    listImages(cache),
    imageUses(dirs),
    listGolden(cache.goldenDir),
    cachedLock(cache),
  ])
  const current = lock === undefined ? undefined : imageDigest(lock, await renderLinuxkit())
  return images.map((image) => ({
    ...image,
    uses: uses.get(image.digest) ?? [],
    current: image.digest === current,
    snapshots: snapshots.filter((one) => one.image === image.digest),
  }))
}

/** An unused cache entry; it can be rebuilt or downloaded again. */
export interface Prunable {
  kind: 'image' | 'golden snapshot' | 'component' | 'package'
  name: string
  bytes: number
}

export interface Pruned {
  removed: readonly Prunable[]
  bytes: number
}

/**
 * Removes images that no environment, generation or desktop.lock uses and that a new environment would not
 * get, golden snapshots of other images, and components and packages in no lock. With `dryRun`, only lists
 * them.
 */
export async function pruneImages({
  dryRun,
  dirs = baseDirs(),
}: {
  dryRun: boolean
  dirs?: Dirs
}): Promise<Pruned> {
  const cache = cachePaths(dirs)
  const images = await cachedImages(dirs)
  const kept = new Set(
    images.filter(({ uses, current }) => uses.length > 0 || current).map((one) => one.digest),
  )
  const snapshots = await listGolden(cache.goldenDir)
  const locks = [await cachedLock(cache), ...(await environmentLocks(dirs)), ...locksOf(images, kept)].filter(
    (lock) => lock !== undefined,
  )
  const unneeded = [
    ...images
      .filter(({ digest }) => !kept.has(digest))
      .map(({ dir, digest, bytes }) => item('image', digest, bytes, dir)),
    ...snapshots
      .filter(({ image }) => image === undefined || !kept.has(image))
      .map(({ dir, key, bytes }) => item('golden snapshot', key, bytes, dir)),
    ...(await unneededPackages(cache.debsDir, locks)),
  ]
  const components = await unneededComponents(cache.ociDir, locks)
  if (!dryRun) {
    for (const { path } of unneeded) await rm(path, { recursive: true, force: true })
    const store = openStore(cache.ociDir)
    for (const { name } of components) await store.remove(name)
    if (components.length > 0) await store.prune()
  }
  const removed = [...unneeded.map(({ path: _, ...one }) => one), ...components]
  return { removed, bytes: removed.reduce((sum, one) => sum + one.bytes, 0) }
}

const item = (
  kind: Prunable['kind'],
  name: string,
  bytes: number,
  path: string,
): Prunable & { path: string } => ({
  kind,
  name,
  bytes,
  path,
})

/** Images that are kept can be rebuilt only while their packages and components are kept too. */
const locksOf = (images: readonly CachedImage[], kept: ReadonlySet<string>): ComponentLock[] =>
  images.flatMap(({ digest, record }) =>
    record === undefined || !kept.has(digest)
      ? []
      : [{ source: record.source, components: record.components }],
  )

async function unneededPackages(
  debsDir: string,
  locks: readonly ComponentLock[],
): Promise<(Prunable & { path: string })[]> {
  const wanted = new Set(locks.flatMap(lockedPackages).map(({ sha256 }) => `${sha256}.deb`))
  const names = (await readdir(debsDir).catch(() => [])).filter(
    (name) => name.endsWith('.deb') && !wanted.has(name),
  )
  return await Promise.all(
    names.map(async (name) => {
      const path = join(debsDir, name)
      return item('package', name, (await stat(path)).size, path)
    }),
  )
}

async function unneededComponents(ociDir: string, locks: readonly ComponentLock[]): Promise<Prunable[]> {
  const rules = buildRules()
  const wanted = new Set(
    locks.flatMap(({ components }) => components.map((one) => componentImage(one, rules))),
  )
  const made = new Set([...wanted].map(withoutTag))
  const stored = await openStore(ociDir).list()
  // Images with other names were imported by the user.
  return stored
    .map(({ name, size }) => ({
      kind: 'component' as const,
      name: name.replace(/^docker\.io\//, ''),
      bytes: size,
    }))
    .filter(({ name }) => made.has(withoutTag(name)) && !wanted.has(name))
}

const withoutTag = (name: string): string => name.replace(/:[^:/]*$/, '')
