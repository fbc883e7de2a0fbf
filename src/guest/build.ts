/** Builds the guest image: packages → component images → LinuxKit tree → kernel, initrd, root. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import type { CachePaths } from '../host/paths.ts'
import { writeBootFiles } from './boot/root.ts'
import { findIntactImage } from './built.ts'
import { resolveClient } from './debian/client.ts'
import { recipes } from './debian/components.ts'
import { fetchDebs, requireDebs } from './debian/debs.ts'
import { buildImages, componentImage, pinImages } from './debian/images.ts'
import { allPackages, holding, lockedPackages, refuseDowngrade, resolveLock } from './debian/lock.ts'
import { openIndex, updateIndex } from './debian/package-index.ts'
import { buildRules, cachedLock, imageDigest, keepLock } from './digest.ts'
import { stageSources } from './extension.ts'
import type { BuildOptions, ComponentLock, GuestImage, GuestInputs, LockedPackage } from './image.ts'
import { contentDigest } from './image-record.ts'
import type { Assembled } from './linuxkit/assembled.ts'
import { assembleBy } from './linuxkit/builders.ts'
import { importArchive } from './oci/archive.ts'
import { openStore } from './oci/layout-store.ts'
import { forgetDamaged } from './oci/repair.ts'
import type { Store } from './oci/store.ts'
import { dropUnpinned, isPinned, requirePinned, requirePinnedComponents } from './pinned-content.ts'
import { describeFiles, publishImage, stageImage } from './publish-image.ts'

/** Fetches the newest index and resolves the recipes against it. The result is kept for later builds and plans. */
export async function refreshLock(options: BuildOptions): Promise<ComponentLock> {
  const [before, lock] = [await cachedLock(options.cache), await newestLock(options)]
  if (before !== undefined) refuseDowngrade(before, lock)
  await keepLock(options.cache, lock)
  return lock
}

/** Resolves a new lock without caching it. Packages in `held` keep their version; the others are the newest. */
export async function newestLock(
  { cache, onProgress, signal, offline }: BuildOptions,
  held?: ComponentLock,
): Promise<ComponentLock> {
  if (offline === true) throw noIndex()
  onProgress?.({ step: 'image/resolve', message: 'Reading the Debian package index' })
  await updateIndex(cache.aptDir, { onProgress, signal })
  const index = await openIndex(cache.aptDir)
  const from = held === undefined ? index : holding(index, allPackages(held))
  return { ...resolveLock(from, recipes), client: resolveClient(from) }
}

const noIndex = (): DesktopError =>
  new DesktopError('guest/offline', "the guest's package list is not known yet")

/** Packages of the components that the store lacks. */
async function packagesToUnpack(lock: ComponentLock, store: Store): Promise<readonly LockedPackage[]> {
  const rules = buildRules()
  const missing = await Promise.all(
    lock.components.map(async (one) =>
      (await store.find(componentImage(one, rules))) === undefined ? [one] : [],
    ),
  )
  return lockedPackages({ ...lock, components: missing.flat() })
}

/** Throws `guest/offline` if a build of these inputs would need the network. */
export async function requireLocal(inputs: GuestInputs, cache: CachePaths): Promise<void> {
  const lock = inputs.lock ?? (await cachedLock(cache))
  if (lock === undefined) throw noIndex()
  const image = await findIntactImage(cache, imageDigest(lock, inputs.linuxkitYaml, inputs.builder))
  if (image !== undefined && isPinned(lock, image.digest, image.content)) return
  const store = openStore(cache.ociDir)
  await requireDebs(cache.debsDir, await packagesToUnpack(lock, store))
}

/** Builds the component images, then the tree. A damaged image in the store is rebuilt once. */
async function assembleGuest(
  lock: ComponentLock,
  { linuxkitYaml, archives = [], builder = 'desktop' }: GuestInputs,
  { sourceDir, workDir }: { sourceDir: string; workDir: string },
  options: BuildOptions,
): Promise<Assembled> {
  const { cache, onProgress, signal } = options
  const attempt = async () => {
    const store = openStore(cache.ociDir)
    await dropUnpinned(lock, store)
    await fetchDebs(cache.debsDir, await packagesToUnpack(lock, store), {
      index: () => openIndex(cache.aptDir, { onProgress, signal }),
      offline: options.offline,
      onProgress,
      signal,
    })
    const images = { store, debsDir: cache.debsDir, rules: buildRules(), onProgress, signal }
    const tags = await buildImages(lock.components, images)
    await requirePinnedComponents(lock, store)
    for (const { name, path } of archives) {
      if ((await store.find(name)) !== undefined) continue
      onProgress?.({ step: 'image/archives', message: `Reading ${path}` })
      await importArchive(store, path, name)
    }
    onProgress?.({ step: 'image/assemble', message: 'Assembling the guest' })
    await rm(workDir, { recursive: true, force: true })
    return assembleBy(builder, { yaml: pinImages(linuxkitYaml, tags), store, sourceDir, signal }, workDir)
  }
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof DesktopError && error.code === 'oci/corrupt')) throw error
    await forgetDamaged(cache.ociDir)
    return attempt()
  }
}

/**
 * Returns the image for these inputs from the cache if intact, else builds it. Needs the network only for packages that
 * the cache lacks. A killed build leaves no partial image. Errors: `guest/*`; AbortError when `signal` aborts.
 */
export async function buildGuest(inputs: GuestInputs, options: BuildOptions): Promise<GuestImage> {
  const lock = inputs.lock ?? (await cachedLock(options.cache)) ?? (await refreshLock(options))
  try {
    return await buildFrom(lock, inputs, options)
  } catch (error) {
    if (!(error instanceof DesktopError && error.code === 'guest/version-gone')) throw error
    // The cached index may be older than the lock, or the lock older than the mirror; only a lock file fixes the
    // versions.
    if (inputs.lock === undefined) {
      return await buildFrom(await refreshLock(options), inputs, options)
    }
    await updateIndex(options.cache.aptDir, options)
    return await buildFrom(lock, inputs, options)
  }
}

async function buildFrom(
  lock: ComponentLock,
  inputs: GuestInputs,
  options: BuildOptions,
): Promise<GuestImage> {
  const { cache, onProgress, signal } = options
  const digest = imageDigest(lock, inputs.linuxkitYaml, inputs.builder)
  const built = await findIntactImage(cache, digest)
  if (built !== undefined && isPinned(lock, digest, built.content)) return built
  return stageImage(cache, async (dir) => {
    const sourceDir = join(dir, 'sources')
    const workDir = join(dir, 'work')
    await mkdir(sourceDir)
    await stageSources(inputs.sources ?? [], sourceDir)
    const assembled = await assembleGuest(lock, inputs, { sourceDir, workDir }, options)
    await rm(sourceDir, { recursive: true, force: true })
    onProgress?.({ step: 'image/root', message: 'Packing the root file system' })
    const cmdline = await writeBootFiles(assembled, dir, signal)
    await rm(workDir, { recursive: true, force: true })
    signal?.throwIfAborted()
    const { source, components } = lock
    const files = await describeFiles(dir)
    requirePinned(lock, digest, contentDigest({ cmdline, files }))
    return publishImage(cache, dir, { formatVersion: 1, digest, cmdline, source, components, files })
  })
}
