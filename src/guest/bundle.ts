/**
 * Everything that an offline host needs, as one tar file: `bundle.json` with size and SHA-256 of every other entry, the
 * image as in `desktop image export`, and `components.tar`, an OCI layout of its component images, from which other
 * images can be assembled. The image's record locks the packages.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import type { CachePaths } from '../host/paths.ts'
import type { Statement } from '../signatures/statement.ts'
import { toolVersion } from '../version.ts'
import { fileSource } from './archive/file-source.ts'
import { cachedContent, findIntactImage, imageDir } from './built.ts'
import { fileSha256 } from './debian/download.ts'
import { componentImage } from './debian/images.ts'
import { buildRules } from './digest.ts'
import { contentDigest, type ImageRecord, imageFiles } from './image-record.ts'
import { openStore } from './oci/layout-store.ts'
import { parseReference, storedName } from './oci/reference.ts'
import { packFiles } from './pack.ts'

const format = 'desktop-bundle/1'
export const bundleName = 'bundle.json'
const componentsName = 'components.tar'
export const bundleEntries: readonly string[] = [bundleName, 'image.json', ...imageFiles, componentsName]

export interface BundlePart {
  name: string
  sizeBytes: number
  sha256: string
}

interface Bundle {
  format: typeof format
  toolVersion: string
  /** Digest of the image. */
  digest: string
  parts: readonly BundlePart[]
}

/** Writes the bundle of the image `digest` to `path` atomically. */
export async function exportBundle(
  cache: CachePaths,
  digest: string,
  path: string,
): Promise<{ parts: readonly BundlePart[]; bytes: number; content: string }> {
  const image = await findIntactImage(cache, digest)
  if (image === undefined) {
    throw new DesktopError('guest/image-corrupt', `the image ${digest} is not in the cache, or is damaged`)
  }
  const imageContent = (await cachedContent(cache, digest)) ?? ''
  const dir = imageDir(cache, digest)
  const components = `${path}.${process.pid}.components.tmp`
  const manifest = `${path}.${process.pid}.manifest.tmp`
  try {
    const rules = buildRules()
    const names = image.components.map((one) => componentImage(one, rules))
    const store = openStore(cache.ociDir)
    const contents = new Map<string, string>()
    for (const name of names) contents.set(fullName(name), await store.contentOf(name))
    await pipeline(store.exportTar(names), createWriteStream(components))
    const files = [
      ...['image.json', ...imageFiles].map((name) => ({ name, path: join(dir, name) })),
      { name: componentsName, path: components },
    ]
    const parts = await Promise.all(files.map(describe))
    const bundle: Bundle = { format, toolVersion, digest, parts }
    await writeFile(manifest, `${JSON.stringify(bundle, null, 2)}\n`)
    await packFiles([{ name: bundleName, path: manifest }, ...files], path)
    return { parts, bytes: (await stat(path)).size, content: bundleContent(imageContent, contents) }
  } finally {
    await Promise.all([components, manifest].map((one) => rm(one, { force: true })))
  }
}

async function describe({ name, path }: { name: string; path: string }): Promise<BundlePart> {
  const sha256 = (await fileSha256(path)) ?? ''
  return { name, sizeBytes: (await stat(path)).size, sha256 }
}

/** Digest of the whole bundle: the image and the content of each component. */
function bundleContent(imageContent: string, components: ReadonlyMap<string, string>): string {
  const sorted = [...components].sort(([a], [b]) => (a < b ? -1 : 1))
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([imageContent, sorted]))
    .digest('hex')}`
}

const fullName = (name: string): string => storedName(parseReference(name)!)

/** Whether the archive is intact but was rejected as the wrong one. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof DesktopError &&
  (error.code === 'guest/content-differs' || error.code.startsWith('signature/'))

interface TakeOptions {
  expected?: string | undefined
  check?: (statement: Statement) => Promise<void>
}

/**
 * Throws if an unpacked bundle is incomplete; otherwise adds the components of its image to the store.
 * @param expected digest of the whole bundle; without it, a component is rejected only if the store has it with
 * different content
 * @param check may throw to reject the contents before they are stored
 * @returns the digest of the whole bundle
 */
export async function takeComponents(
  cache: CachePaths,
  dir: string,
  record: ImageRecord,
  { expected, check }: TakeOptions = {},
): Promise<string> {
  const bundle = JSON.parse(await readFile(join(dir, bundleName), 'utf8')) as Partial<Bundle>
  if (bundle.format !== format || !Array.isArray(bundle.parts))
    throw new Error('not a bundle of this version')
  // Another version assembles different images and could not use these.
  if (bundle.toolVersion !== toolVersion)
    throw new Error(`it was made by desktop ${bundle.toolVersion}, this is ${toolVersion}`)
  const wanted = bundleEntries.filter((name) => name !== bundleName)
  const missing = wanted.filter((name) => !bundle.parts?.some((part) => part.name === name))
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not in the bundle`)
  for (const { name, sha256 } of bundle.parts) {
    if (!wanted.includes(name)) throw new Error(`unexpected ${name} in the bundle`)
    if ((await fileSha256(join(dir, name))) !== sha256)
      throw new Error(`${name}: not what ${bundleName} says`)
  }
  const path = join(dir, componentsName)
  const rules = buildRules()
  let content = ''
  try {
    await openStore(cache.ociDir).importTar(createReadStream(path), {
      source: fileSource(path),
      names: record.components.map((one) => componentImage(one, rules)),
      check: async (components) => {
        const image = contentDigest(record)
        content = bundleContent(image, components)
        if (expected !== undefined && content !== expected)
          throw new DesktopError(
            'guest/content-differs',
            `the bundle has the content ${content}, not ${expected}`,
          )
        await check?.({ kind: 'bundle', image, bundle: content })
      },
    })
  } catch (error) {
    if (isRefusal(error)) throw error
    throw new Error(`${componentsName}: ${messageOf(error)}`, { cause: error })
  }
  await Promise.all([bundleName, componentsName].map((name) => rm(join(dir, name))))
  return content
}
