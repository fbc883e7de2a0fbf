/** Built images in the cache: one directory each, complete or absent, verified by digest. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors/system.ts'
import type { CachePaths } from '../host/paths.ts'
import { fileSha256 } from './debian/download.ts'
import type { GuestImage } from './image.ts'
import {
  asImage,
  contentDigest,
  type ImageFile,
  type ImageRecord,
  imageFiles,
  readRecord,
} from './image-record.ts'

export function imageDir(cache: CachePaths, digest: string): string {
  return join(cache.imagesDir, digest.replace('sha256:', ''))
}

/** Content digest of a cached image; undefined if it is missing or damaged. */
export async function cachedContent(cache: CachePaths, digest: string): Promise<string | undefined> {
  if ((await findIntactImage(cache, digest)) === undefined) return undefined
  const record = await readRecord(imageDir(cache, digest))
  return record && contentDigest(record)
}

/** The image, if all its files have their recorded size. Reads no contents, only file metadata. */
export async function findImage(cache: CachePaths, digest: string): Promise<GuestImage | undefined> {
  const dir = imageDir(cache, digest)
  const record = await readRecord(dir)
  if (record?.digest !== digest) return undefined
  const sizes = await Promise.all(
    imageFiles.map((name) =>
      stat(join(dir, name)).then((found) => found.size === record.files[name].sizeBytes),
    ),
  ).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [false]
    throw error
  })
  return sizes.every(Boolean) ? asImage(dir, record) : undefined
}

export interface BuiltImage {
  dir: string
  digest: string
  /** undefined = the record is damaged. */
  record: ImageRecord | undefined
  builtAt: Date
  /** Disk usage on this host. */
  bytes: number
}

/** All images in the cache, newest first, without unfinished builds. */
export async function listImages(cache: CachePaths): Promise<BuiltImage[]> {
  const names = await readdir(cache.imagesDir).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map(async (name): Promise<BuiltImage> => {
        const dir = join(cache.imagesDir, name)
        const stats = await Promise.all(
          [...imageFiles, 'image.json'].map((file) => stat(join(dir, file)).catch(() => undefined)),
        )
        const bytes = stats.reduce((sum, one) => sum + (one?.blocks ?? 0) * 512, 0)
        const builtAt = stats.at(-1)?.mtime ?? new Date(0)
        return { dir, digest: `sha256:${name}`, record: await readRecord(dir), builtAt, bytes }
      }),
  )
  return found.sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime())
}

/** Names of files whose content changed. */
export async function damagedFiles(dir: string, record: ImageRecord): Promise<ImageFile[]> {
  const digests = await Promise.all(imageFiles.map((name) => fileSha256(join(dir, name))))
  return imageFiles.filter((name, index) => digests[index] !== record.files[name].sha256)
}

/** Like `findImage`, with all digests verified. */
export async function findIntactImage(cache: CachePaths, digest: string): Promise<GuestImage | undefined> {
  const image = await findImage(cache, digest)
  const dir = imageDir(cache, digest)
  const record = image === undefined ? undefined : await readRecord(dir)
  return record !== undefined && (await damagedFiles(dir, record)).length === 0 ? image : undefined
}
