/** References to guest images, which pruning must keep. */
import { readdir } from 'node:fs/promises'
import { findImage } from '../../guest/built.ts'
import type { ComponentLock } from '../../guest/image.ts'
import { packageChanges, readLockFile } from '../../guest/lock-file.ts'
import { baseDirs, type CachePaths, cachePaths, environmentPaths, lockFilePath } from '../../host/paths.ts'
import { readState } from '../../supervisor/process/recorded-requests.ts'
import { readSaved } from '../../vm/suspend/saved.ts'
import { environmentNames } from '../environment/names.ts'
import { readRecord } from '../environment/record.ts'
import { generationNumbers, readGeneration } from '../history/generation.ts'
import { readLastGoodVm } from '../history/last-good-vm.ts'

/** Images built from the desktop.lock next to one of these files. */
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

export interface ImageUse {
  environment: string
  as: 'runs' | 'is suspended' | 'ran last' | 'desktop.lock' | `generation ${number}`
}

/**
 * Uses of each image: by a desktop.lock, a generation, the last good VM, or a running or suspended VM. Throws
 * if any of these cannot be read, because pruning would then be unsafe.
 */
export async function imageUses(
  dirs: ReturnType<typeof baseDirs> = baseDirs(),
): Promise<Map<string, ImageUse[]>> {
  const uses = new Map<string, ImageUse[]>()
  for (const environment of await environmentNames(dirs)) {
    const paths = environmentPaths(environment, dirs)
    const add = (digest: string | undefined, as: ImageUse['as']): void => {
      if (digest !== undefined) uses.set(digest, [...(uses.get(digest) ?? []), { environment, as }])
    }
    const { vm } = await readState(paths.supervisorState)
    add(vm?.spec.hashes.image, 'runs')
    const saved = await readSaved(paths.suspendedMachine)
    if (saved.state === 'present') add(saved.value.spec.hashes.image, 'is suspended')
    add((await readLastGoodVm(paths.lastGoodVm))?.spec.hashes.image, 'ran last')
    const files = (await readRecord(paths.record))?.files ?? []
    for (const digest of await lockedImages(files, cachePaths(dirs))) add(digest, 'desktop.lock')
    for (const number of (await generationNumbers(paths.generationsDir)).reverse())
      add((await readGeneration(paths.generationsDir, number))?.imageDigest, `generation ${number}`)
  }
  return uses
}

/** Digests of the images in use. */
export async function referencedImages(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<Set<string>> {
  return new Set((await imageUses(dirs)).keys())
}

/** Contents of the environments' desktop.lock files; throws if one cannot be read. */
export async function environmentLocks(
  dirs: ReturnType<typeof baseDirs> = baseDirs(),
): Promise<ComponentLock[]> {
  const records = await Promise.all(
    (await environmentNames(dirs)).map((name) => readRecord(environmentPaths(name, dirs).record)),
  )
  const files = new Set(records.flatMap((record) => record?.files ?? []).map(lockFilePath))
  const locks = await Promise.all([...files].map(readLockFile))
  return locks.filter((lock) => lock !== undefined)
}
