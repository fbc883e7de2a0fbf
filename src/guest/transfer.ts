/** A built image as one tar file, for hosts that cannot build it: `image.json`, then the files it describes. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { DesktopError, messageOf } from '../errors.ts'
import type { CachePaths } from '../host/paths.ts'
import {
  damagedFiles,
  findIntactImage,
  type ImageFile,
  imageDir,
  imageFiles,
  parseRecord,
  publishImage,
  stageImage,
} from './built.ts'
import { keepLock } from './digest.ts'
import type { GuestImage } from './image.ts'

/** Writes the image `digest` of the cache to `path`, whole or not at all. */
export async function exportGuest(cache: CachePaths, digest: string, path: string): Promise<void> {
  if ((await findIntactImage(cache, digest)) === undefined) {
    throw new DesktopError('guest/image-corrupt', `the image ${digest} is not in the cache, or is damaged`)
  }
  const dir = imageDir(cache, digest)
  const temporary = `${path}.${process.pid}.tmp`
  const pack = tar.pack()
  const written = pipeline(pack, createWriteStream(temporary))
  const write = async () => {
    for (const name of ['image.json', ...imageFiles]) {
      const { size } = await stat(join(dir, name))
      await pipeline(createReadStream(join(dir, name)), pack.entry({ name, size, mtime: new Date(0) }))
    }
    pack.finalize()
  }
  try {
    await Promise.all([written, write()])
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

const isImageFile = (name: string): name is ImageFile | 'image.json' =>
  name === 'image.json' || imageFiles.some((one) => one === name)

/**
 * Puts the image of an exported file into the cache. Its packages become the locked ones, so that the next plan
 * finds the image. Errors: `guest/image-corrupt` for anything that is not a whole export.
 */
export async function importGuest(cache: CachePaths, path: string): Promise<GuestImage> {
  return stageImage(cache, async (dir) => {
    try {
      const extract = tar.extract()
      const read = pipeline(createReadStream(path), extract)
      // Rejection is seen through the loop below, which ends with the same error.
      read.catch(() => {})
      for await (const entry of extract) {
        const { name, type } = entry.header
        if (type !== 'file' || !isImageFile(name)) throw new Error(`unexpected ${name} in the archive`)
        await pipeline(entry, createWriteStream(join(dir, name)))
      }
      await read
      const record = parseRecord(await readFile(join(dir, 'image.json'), 'utf8'))
      const damaged = await damagedFiles(dir, record)
      if (damaged.length > 0) throw new Error(`${damaged.join(', ')}: not what image.json says`)
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
