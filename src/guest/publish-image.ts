/** Publishes a finished image to the cache with one rename. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { writeAtomic } from '../host/atomic-file.ts'
import type { CachePaths } from '../host/paths.ts'
import { imageDir } from './built.ts'
import { fileSha256 } from './debian/download.ts'
import type { GuestImage } from './image.ts'
import { asImage, type ImageRecord, imageFiles } from './image-record.ts'

const stagingName = /^\.building-(\d+)-/

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/**
 * Runs `fill` on a new directory in the images folder. `publish` makes it the image of its digest with one rename;
 * otherwise it is removed. Directories of killed builds are removed first.
 */
export async function stageImage<T>(cache: CachePaths, fill: (dir: string) => Promise<T>): Promise<T> {
  await mkdir(cache.imagesDir, { recursive: true })
  for (const name of await readdir(cache.imagesDir)) {
    const pid = stagingName.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(cache.imagesDir, name), { recursive: true, force: true })
    }
  }
  const dir = join(cache.imagesDir, `.building-${process.pid}-${crypto.randomUUID()}`)
  // Private, because the image contains the user's files.
  await mkdir(dir, { mode: 0o700 })
  try {
    return await fill(dir)
  } catch (error) {
    if (systemCode(error) === 'ENOSPC') {
      throw new DesktopError('guest/no-space', `the guest image does not fit in ${cache.imagesDir}`, {
        cause: error,
      })
    }
    throw error
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Writes the record to a filled staging directory and publishes it; replaces a damaged image. */
export async function publishImage(
  cache: CachePaths,
  staged: string,
  record: ImageRecord,
): Promise<GuestImage> {
  await writeAtomic(join(staged, 'image.json'), `${JSON.stringify(record, null, 2)}\n`)
  const dir = imageDir(cache, record.digest)
  try {
    await rename(staged, dir)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
    const old = `${staged}-old`
    await rename(dir, old)
    await rename(staged, dir)
    await rm(old, { recursive: true, force: true })
  }
  return asImage(dir, record)
}

/** Size and digest of each file in a staging directory. */
export async function describeFiles(dir: string): Promise<ImageRecord['files']> {
  const described = await Promise.all(
    imageFiles.map(async (name) => {
      const sha256 = (await fileSha256(join(dir, name))) ?? ''
      return [name, { sizeBytes: (await stat(join(dir, name))).size, sha256 }] as const
    }),
  )
  return Object.fromEntries(described) as ImageRecord['files']
}
