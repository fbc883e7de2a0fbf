/** Which guest images are still of use to someone: what pruning must leave alone. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { findImage } from '../guest/built.ts'
import { packageChanges, readLockFile } from '../guest/lock-file.ts'
import { baseDirs, type CachePaths, cachePaths, environmentPaths, lockFilePath } from '../host/paths.ts'
import { readState } from '../supervisor/state.ts'
import { generationNumbers, readGeneration } from './generation.ts'
import { readGoodVm } from './good-vm.ts'
import { readRecord } from './record.ts'

/** Names of the environments that this user has, sorted. */
export async function environmentNames(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<string[]> {
  try {
    return (await readdir(join(dirs.state, 'environments'))).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Images that are made of what the desktop.lock beside one of these files says. */
async function lockedImages(
  files: readonly string[],
  { imagesDir, ...cache }: CachePaths,
): Promise<string[]> {
  const locks = await Promise.all([...new Set(files.map(lockFilePath))].map(readLockFile))
  const found = await readdir(imagesDir).catch(() => [])
  const images = await Promise.all(found.map((name) => findImage({ imagesDir, ...cache }, `sha256:${name}`)))
  return images.flatMap((image) => {
    const locked = locks.some(
      (lock) =>
        lock !== undefined &&
        image !== undefined &&
        packageChanges(lock.components, image.components).length === 0,
    )
    return image !== undefined && locked ? [image.digest] : []
  })
}

/**
 * Digests of the images that a desktop.lock names, or that a kept generation, the last good VM or the running VM of any environment was started with. Throws when
 * one of them cannot be read: then nothing may be pruned.
 */
export async function referencedImages(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<Set<string>> {
  const digests = new Set<string>()
  for (const name of await environmentNames(dirs)) {
    const { generationsDir, supervisorState, lastGoodVm, record } = environmentPaths(name, dirs)
    const files = (await readRecord(record))?.files ?? []
    for (const digest of await lockedImages(files, cachePaths(dirs))) digests.add(digest)
    for (const number of await generationNumbers(generationsDir)) {
      const digest = (await readGeneration(generationsDir, number))?.imageDigest
      if (digest !== undefined) digests.add(digest)
    }
    const { vm } = await readState(supervisorState)
    if (vm !== undefined) digests.add(vm.spec.hashes.image)
    const good = await readGoodVm(lastGoodVm)
    if (good !== undefined) digests.add(good.spec.hashes.image)
  }
  return digests
}
