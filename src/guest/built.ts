/** The built images in the cache: one directory each, complete or absent, and checked by digest. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { CachePaths } from '../host/paths.ts'
import { fileSha256 } from './debian/download.ts'
import { isPackageName, isVersion } from './debian/version.ts'
import type { GuestImage, LockedComponent } from './image.ts'

/** The files of an image; `image.json` describes them and is written last. */
export const imageFiles = ['kernel', 'initrd', 'root.squashfs'] as const
export type ImageFile = (typeof imageFiles)[number]

export interface ImageRecord {
  formatVersion: 1
  digest: string
  cmdline: string
  /** Debian suite and architecture. */
  source: string
  components: readonly LockedComponent[]
  files: Readonly<Record<ImageFile, { sizeBytes: number; sha256: string }>>
}

export function imageDir(cache: CachePaths, digest: string): string {
  return join(cache.imagesDir, digest.replace('sha256:', ''))
}

async function readRecord(dir: string): Promise<ImageRecord | undefined> {
  const text = await readIfExists(join(dir, 'image.json'))
  if (text === undefined) return undefined
  try {
    return parseRecord(text)
  } catch {
    return undefined
  }
}

/** Throws SyntaxError on anything that is not a record of this version. */
export function parseRecord(text: string): ImageRecord {
  const record = JSON.parse(text) as Partial<ImageRecord> | null
  const whole =
    record?.formatVersion === 1 &&
    isText(record.digest, /^sha256:[0-9a-f]{64}$/) &&
    isText(record.cmdline, /^[ -~]{0,4096}$/) &&
    isText(record.source, /^[a-z0-9-]{1,32}\/[a-z0-9]{1,16}$/) &&
    imageFiles.every((name) => isFile(record.files?.[name])) &&
    Array.isArray(record.components) &&
    record.components.every(isComponent)
  if (!whole) throw new SyntaxError('not the description of a guest image of this version')
  return record as ImageRecord
}

const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value)

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const sha256Hex = /^[0-9a-f]{64}$/

const isFile = (value: Partial<ImageRecord['files'][ImageFile]> | undefined): boolean =>
  isText(value?.sha256, sha256Hex) && isSize(value.sizeBytes)

/** They become the locked packages of whoever imports the image, and go to the mirror and into paths from there. */
function isComponent(value: Partial<LockedComponent> | null): boolean {
  return (
    isText(value?.name, /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/) &&
    Array.isArray(value.packages) &&
    value.packages.every(
      (one: Partial<LockedComponent['packages'][number]> | null) =>
        typeof one?.name === 'string' &&
        isPackageName(one.name) &&
        typeof one.version === 'string' &&
        isVersion(one.version) &&
        isText(one.sha256, sha256Hex) &&
        isSize(one.sizeBytes),
    )
  )
}

/**
 * Of what the image does, where `digest` is of what it was made from: two images with the same content digest boot the
 * same bytes with the same arguments.
 */
export function contentDigest({ cmdline, files }: Pick<ImageRecord, 'cmdline' | 'files'>): string {
  const parts = [cmdline, ...imageFiles.map((name) => files[name].sha256)]
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`
}

/** Of an image in the cache; undefined when it is not there, or damaged. */
export async function cachedContent(cache: CachePaths, digest: string): Promise<string | undefined> {
  if ((await findIntactImage(cache, digest)) === undefined) return undefined
  const record = await readRecord(imageDir(cache, digest))
  return record && contentDigest(record)
}

function asImage(dir: string, record: ImageRecord): GuestImage {
  return {
    digest: record.digest,
    kernel: join(dir, 'kernel'),
    kernelDigest: record.files.kernel.sha256,
    initrd: join(dir, 'initrd'),
    root: join(dir, 'root.squashfs'),
    cmdline: record.cmdline,
    components: record.components,
    content: contentDigest(record),
  }
}

/** The image, when all its files have the size they had when it was built. Reads no content: a few stats. */
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
  /** undefined = its description is damaged. */
  record: ImageRecord | undefined
  builtAt: Date
  /** What it takes on this host. */
  bytes: number
}

/** Every image in the cache, newest first; builds that are under way are none. */
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

/** The names of files whose content is not what it was. */
export async function damagedFiles(dir: string, record: ImageRecord): Promise<ImageFile[]> {
  const digests = await Promise.all(imageFiles.map((name) => fileSha256(join(dir, name))))
  return imageFiles.filter((name, index) => digests[index] !== record.files[name].sha256)
}

/** As `findImage`, with every byte checked. */
export async function findIntactImage(cache: CachePaths, digest: string): Promise<GuestImage | undefined> {
  const image = await findImage(cache, digest)
  const dir = imageDir(cache, digest)
  const record = image === undefined ? undefined : await readRecord(dir)
  return record !== undefined && (await damagedFiles(dir, record)).length === 0 ? image : undefined
}

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
 * Runs `fill` on a fresh directory beside the images. `publish` makes it the image of its digest in one rename;
 * without that it is removed. Directories that a killed build left are removed first.
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
  // What the user's files hold is in the image.
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

/** Writes the record of a filled staging directory and puts it in place; an image that is there already and is
 * damaged is replaced. */
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

/** Size and digest of each file of a staging directory. */
export async function describeFiles(dir: string): Promise<ImageRecord['files']> {
  const described = await Promise.all(
    imageFiles.map(async (name) => {
      const sha256 = (await fileSha256(join(dir, name))) ?? ''
      return [name, { sizeBytes: (await stat(join(dir, name))).size, sha256 }] as const
    }),
  )
  return Object.fromEntries(described) as ImageRecord['files']
}
