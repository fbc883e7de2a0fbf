/** A built image as one tar file, for hosts that cannot build it: `image.json`, then the files it describes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError, messageOf } from '../errors.ts'
import type { CachePaths } from '../host/paths.ts'
import {
  damagedFiles,
  findIntactImage,
  imageDir,
  imageFiles,
  parseRecord,
  publishImage,
  stageImage,
} from './built.ts'
import { bundleEntries, bundleName, takeComponents } from './bundle.ts'
import { keepLock } from './digest.ts'
import type { GuestImage } from './image.ts'
import { packFiles, unpackFiles } from './pack.ts'

/** Writes the image `digest` of the cache to `path`, whole or not at all. */
export async function exportGuest(cache: CachePaths, digest: string, path: string): Promise<void> {
  if ((await findIntactImage(cache, digest)) === undefined) {
    throw new DesktopError('guest/image-corrupt', `the image ${digest} is not in the cache, or is damaged`)
  }
  const dir = imageDir(cache, digest)
  await packFiles(
    ['image.json', ...imageFiles].map((name) => ({ name, path: join(dir, name) })),
    path,
  )
}

/**
 * Puts the image of an exported file or a bundle into the cache, and the components of a bundle beside it. Its packages
 * become the locked ones, so that the next plan finds the image. Errors: `guest/image-corrupt` for anything that is not
 * whole; the cache is then as it was.
 */
export async function importGuest(cache: CachePaths, path: string): Promise<GuestImage> {
  return stageImage(cache, async (dir) => {
    try {
      const found = await unpackFiles(path, dir, bundleEntries)
      const record = parseRecord(await readFile(join(dir, 'image.json'), 'utf8'))
      const damaged = await damagedFiles(dir, record)
      if (damaged.length > 0) throw new Error(`${damaged.join(', ')}: not what image.json says`)
      if (found.has(bundleName)) await takeComponents(cache, dir)
      await keepLock(cache, { source: record.source, components: record.components })
      return await publishImage(cache, dir, record)
    } catch (error) {
      throw new DesktopError(
        'guest/image-corrupt',
        `${path} is not a whole guest image: ${messageOf(error)}`,
        {
          cause: error,
        },
      )
    }
  })
}
