/** A built image as one tar file, for hosts that cannot build it: `image.json`, then the files it describes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import type { CachePaths } from '../host/paths.ts'
import {
  cachedContent,
  contentDigest,
  damagedFiles,
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
/** @returns the digest of its content, by which whoever imports it can be sure of it. */
export async function exportGuest(cache: CachePaths, digest: string, path: string): Promise<string> {
  const content = await cachedContent(cache, digest)
  if (content === undefined) {
    throw new DesktopError('guest/image-corrupt', `the image ${digest} is not in the cache, or is damaged`)
  }
  const dir = imageDir(cache, digest)
  await packFiles(
    ['image.json', ...imageFiles].map((name) => ({ name, path: join(dir, name) })),
    path,
  )
  return content
}

/**
 * Puts the image of an exported file or a bundle into the cache, and the components of a bundle beside it. Its packages
 * become the locked ones, so that the next plan finds the image. Errors: `guest/image-corrupt` for anything that is not
 * whole, `guest/content-differs` for another content than `expected`, or than the one that the cache has of this image or
 * component; the cache is then as it was. The content of a bundle is that of its image and its components.
 */
export async function importGuest(
  cache: CachePaths,
  path: string,
  expected?: string,
): Promise<GuestImage & { content: string }> {
  return stageImage(cache, async (dir) => {
    try {
      const found = await unpackFiles(path, dir, bundleEntries)
      const record = parseRecord(await readFile(join(dir, 'image.json'), 'utf8'))
      const damaged = await damagedFiles(dir, record)
      if (damaged.length > 0) throw new Error(`${damaged.join(', ')}: not what image.json says`)
      const isBundle = found.has(bundleName)
      const imageContent = contentDigest(record)
      if (!isBundle || expected === undefined)
        await refuseOtherContent(cache, record.digest, imageContent, expected)
      const content = isBundle ? await takeComponents(cache, dir, record, expected) : imageContent
      await keepLock(cache, { source: record.source, components: record.components })
      return { ...(await publishImage(cache, dir, record)), content }
    } catch (error) {
      if (error instanceof DesktopError && error.code === 'guest/content-differs') throw error
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

/** The digest of an image says what it was made from, which a file can claim of anything. */
async function refuseOtherContent(
  cache: CachePaths,
  digest: string,
  content: string,
  expected: string | undefined,
): Promise<void> {
  if (expected !== undefined && content !== expected) {
    throw new DesktopError('guest/content-differs', `the file has the content ${content}, not ${expected}`)
  }
  const known = await cachedContent(cache, digest)
  if (expected !== undefined || known === undefined || known === content) return
  throw new DesktopError(
    'guest/content-differs',
    `the cache has ${digest} with the content ${known}, and the file has ${content}`,
    { hint: `if the file is the one to trust, say so: desktop image import --content ${content} FILE` },
  )
}
