/** Builds the guest image: packages → component images → LinuxKit tree → kernel, initrd, root. */
import { DesktopError } from '../errors.ts'
import type { CachePaths } from '../host/paths.ts'
import { writeBootFiles } from './boot/root.ts'
import { describeFiles, findIntactImage, publishImage, stageImage } from './built.ts'
import { type AptRoot, openAptRoot, readIndexes, updateIndex } from './debian/apt.ts'
import { recipes } from './debian/components.ts'
import { fetchDebs } from './debian/debs.ts'
import { buildImages, pinImages } from './debian/images.ts'
import { holding, lockedPackages, resolveLock } from './debian/lock.ts'
import { parsePackages } from './debian/packages.ts'
import { buildRules, cachedLock, imageDigest, keepLock } from './digest.ts'
import type { BuildOptions, ComponentLock, GuestImage, GuestInputs } from './image.ts'
import { assemble } from './linuxkit/assemble.ts'
import type { Assembled } from './linuxkit/assembled.ts'
import { forgetDamaged } from './oci/repair.ts'
import { openStore } from './oci/store.ts'

/** Fetches the newest index and resolves the recipes against it. The result is kept for later builds and plans. */
export async function refreshLock(options: BuildOptions): Promise<ComponentLock> {
  const lock = await newestLock(options)
  await keepLock(options.cache, lock)
  return lock
}

/** The same, kept nowhere. What `held` names stays at its version; the rest is the newest. */
export async function newestLock(
  { cache, onProgress, signal }: BuildOptions,
  held?: ComponentLock,
): Promise<ComponentLock> {
  onProgress?.({ step: 'image/resolve', message: 'Reading the Debian package index' })
  const root = await openAptRoot(cache.aptDir)
  await updateIndex(cache.aptDir, root, signal)
  const index = parsePackages(...(await readIndexes(root)))
  return resolveLock(held === undefined ? index : holding(index, lockedPackages(held)), recipes)
}

/** apt downloads only from an index it has: the locked packages may be known while the lists were deleted. */
async function readyAptRoot(cache: CachePaths, signal: AbortSignal | undefined): Promise<AptRoot> {
  const root = await openAptRoot(cache.aptDir)
  if ((await readIndexes(root)).length === 0) await updateIndex(cache.aptDir, root, signal)
  return root
}

/** Component images, then the tree. A damaged image in the store is made again, once. */
async function assembleGuest(
  lock: ComponentLock,
  linuxkitYaml: string,
  { cache, onProgress, signal }: BuildOptions,
): Promise<Assembled> {
  const attempt = async () => {
    const store = openStore(cache.ociDir)
    const images = { store, debsDir: cache.debsDir, rules: buildRules(), onProgress, signal }
    const tags = await buildImages(lock.components, images)
    onProgress?.({ step: 'image/assemble', message: 'Assembling the guest' })
    return assemble({ yaml: pinImages(linuxkitYaml, tags), store, signal })
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
 * The image of these inputs: from the cache when it is there and whole, else built. Needs the network only for
 * packages that the cache lacks. A build that is killed leaves nothing that a later one would take for an image.
 * Errors: `guest/*`; AbortError when `signal` aborts.
 */
export async function buildGuest(inputs: GuestInputs, options: BuildOptions): Promise<GuestImage> {
  const lock = inputs.lock ?? (await cachedLock(options.cache)) ?? (await refreshLock(options))
  try {
    return await buildFrom(lock, inputs.linuxkitYaml, options)
  } catch (error) {
    if (!(error instanceof DesktopError && error.code === 'guest/version-gone')) throw error
    // The index at hand may be older than the lock, or the lock than the mirror; only a file binds to its versions.
    if (inputs.lock === undefined) {
      return await buildFrom(await refreshLock(options), inputs.linuxkitYaml, options)
    }
    await updateIndex(options.cache.aptDir, await openAptRoot(options.cache.aptDir), options.signal)
    return await buildFrom(lock, inputs.linuxkitYaml, options)
  }
}

async function buildFrom(
  lock: ComponentLock,
  linuxkitYaml: string,
  options: BuildOptions,
): Promise<GuestImage> {
  const { cache, onProgress, signal } = options
  const digest = imageDigest(lock, linuxkitYaml)
  const built = await findIntactImage(cache, digest)
  if (built !== undefined) return built
  await fetchDebs(cache.debsDir, lockedPackages(lock), {
    aptRoot: () => readyAptRoot(cache, signal),
    onProgress,
    signal,
  })
  return stageImage(cache, async (dir) => {
    const assembled = await assembleGuest(lock, linuxkitYaml, options)
    onProgress?.({ step: 'image/root', message: 'Packing the root file system' })
    const cmdline = await writeBootFiles(assembled, dir, signal)
    signal?.throwIfAborted()
    const { source, components } = lock
    const files = await describeFiles(dir)
    return publishImage(cache, dir, { formatVersion: 1, digest, cmdline, source, components, files })
  })
}
