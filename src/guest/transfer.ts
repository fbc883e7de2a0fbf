/** A built image as one tar file, for hosts that cannot build it: `image.json`, then its files. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import type { CachePaths } from '../host/paths.ts'
import { requireSignatures, type SignatureRules } from '../signatures/required.ts'
import type { Statement } from '../signatures/statement.ts'
import { cachedContent, damagedFiles, imageDir } from './built.ts'
import { bundleEntries, bundleName, isRefusal, takeComponents } from './bundle.ts'
import { keepLock } from './digest.ts'
import type { GuestImage } from './image.ts'
import { contentDigest, type ImageRecord, imageFiles, parseRecord } from './image-record.ts'
import { keepSignature } from './kept-signature.ts'
import { packFiles, unpackFiles } from './pack.ts'
import { publishImage, stageImage } from './publish-image.ts'

/**
 * Writes the image `digest` from the cache to `path` atomically. Returns its content digest, with which an importer
 * verifies it.
 */
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

/** Requirements for an import. */
export interface Expected {
  /** Expected content digest. */
  content?: string | undefined
  /** Text of the signature file next to the archive. */
  signature?: string | undefined
  /** Rules that require a signature by certain keys. */
  signatures?: readonly SignatureRules[]
}

/**
 * Imports an exported image or bundle into the cache, with the components of a bundle. Its packages become the locked
 * ones, so that the next plan finds the image. The content digest of a bundle covers its image and components.
 * Errors, which leave the cache unchanged: `guest/image-corrupt` for an incomplete file, `guest/content-differs` if the
 * content differs from the expected or the cached one, `signature/…` for a missing or mismatched signature.
 */
export async function importGuest(
  cache: CachePaths,
  path: string,
  { content: expected, signature, signatures = [] }: Expected = {},
): Promise<GuestImage & { content: string }> {
  return await openArchive(cache, path, async (archive) => {
    const { dir, record, isBundle } = archive
    const imageContent = contentDigest(record)
    if (!isBundle || expected === undefined)
      await refuseOtherContent(cache, record.digest, imageContent, expected)
    const requireSigned = (statement: Statement): Promise<void> => {
      requireSignatures(signatures, 'image', { name: path, statement, signature })
      return keepSignature(dir, statement, signature)
    }
    let content = imageContent
    if (isBundle) content = await takeComponents(cache, dir, record, { expected, check: requireSigned })
    else await requireSigned({ kind: 'image', image: imageContent })
    await keepLock(cache, { source: record.source, components: record.components })
    return { ...(await publishImage(cache, dir, record)), content }
  })
}

/** The signed statement of this archive's content. Adds nothing to the cache. */
export async function archiveStatement(cache: CachePaths, path: string): Promise<Statement> {
  return await openArchive(cache, path, async ({ dir, record, isBundle }) => {
    const image = contentDigest(record)
    if (!isBundle) return { kind: 'image', image }
    const aside = { ...cache, ociDir: join(dir, 'oci') }
    return { kind: 'bundle', image, bundle: await takeComponents(aside, dir, record) }
  })
}

interface OpenArchive {
  /** Staging folder with the files. */
  dir: string
  record: ImageRecord
  isBundle: boolean
}

async function openArchive<T>(
  cache: CachePaths,
  path: string,
  use: (archive: OpenArchive) => Promise<T>,
): Promise<T> {
  return await stageImage(cache, async (dir) => {
    try {
      const found = await unpackFiles(path, dir, bundleEntries)
      const record = parseRecord(await readFile(join(dir, 'image.json'), 'utf8'))
      const damaged = await damagedFiles(dir, record)
      if (damaged.length > 0) throw new Error(`${damaged.join(', ')}: not what image.json says`)
      return await use({ dir, record, isBundle: found.has(bundleName) })
    } catch (error) {
      if (isRefusal(error)) throw error
      const message = `${path} is not a whole guest image: ${messageOf(error)}`
      throw new DesktopError('guest/image-corrupt', message, { cause: error })
    }
  })
}

/** The image digest covers inputs, and a file can claim any inputs. */
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
    `the cache has ${digest} with the content ${known}, but the file has ${content}`,
    { hint: `to trust the file: desktop image import --content ${content} FILE` },
  )
}
