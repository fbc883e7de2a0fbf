/** Description of a built image, `image.json`: strictly parsed, because images may come from other hosts. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readIfExists } from '../host/atomic-file.ts'
import { isPackageName, isSourceName, isVersion } from './debian/version.ts'
import type { GuestImage, LockedComponent } from './image.ts'

/** Files of an image; `image.json` describes them and is written last. */
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

export async function readRecord(dir: string): Promise<ImageRecord | undefined> {
  const text = await readIfExists(join(dir, 'image.json'))
  if (text === undefined) return undefined
  try {
    return parseRecord(text)
  } catch {
    return undefined
  }
}

/** Throws SyntaxError if the text is not a record of this version. */
export function parseRecord(text: string): ImageRecord {
  const record = JSON.parse(text) as Partial<ImageRecord> | null
  const whole =
    record?.formatVersion === 1 &&
    isText(record.digest, /^sha256:[0-9a-f]{64}$/) &&
    isText(record.cmdline, /^[ -~]{0,4096}$/) &&
    typeof record.source === 'string' &&
    isSourceName(record.source) &&
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

/** The importer locks these packages; their names then appear in mirror requests and in paths. */
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
 * Digest of the image's content and arguments, while `digest` covers its inputs: images with equal content digests boot
 * identically.
 */
export function contentDigest({ cmdline, files }: Pick<ImageRecord, 'cmdline' | 'files'>): string {
  const parts = [cmdline, ...imageFiles.map((name) => files[name].sha256)]
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`
}

export function asImage(dir: string, record: ImageRecord): GuestImage {
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
