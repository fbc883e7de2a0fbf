/** Manifests, indexes and configurations: JSON blobs and the blobs that they reference. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { type Blobs, isDigest, sha256 } from './blobs.ts'
import { nameOf } from './layout-index.ts'
import type { Descriptor, Digest, ImageConfiguration, Index, Manifest, Platform } from './types.ts'

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const configType = 'application/vnd.oci.image.config.v1+json'

/** Go's architecture names, used by OCI. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386' }

export const hostPlatform = (): Platform => ({
  os: 'linux',
  architecture: architectures[process.arch] ?? process.arch,
})

/** OCI's and Docker's older media type of an index. */
export const isIndex = ({ mediaType }: Descriptor): boolean => /image\.index|manifest\.list/.test(mediaType)

export async function readJson<T extends object>(blobs: Blobs, descriptor: Descriptor): Promise<T> {
  if (!isDigest(descriptor.digest)) {
    throw new DesktopError('oci/corrupt', `"${descriptor.digest}" is not a digest`)
  }
  const value: unknown = JSON.parse((await blobs.read(descriptor)).toString('utf8'))
  if (typeof value === 'object' && value !== null) return value as T
  throw new DesktopError('oci/corrupt', `blob ${descriptor.digest} is not an object`)
}

export async function writeJson(blobs: Blobs, mediaType: string, value: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value))
  await blobs.write(once(bytes), sha256(bytes))
  return { mediaType, digest: sha256(bytes), size: bytes.length }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

export interface PlatformManifest {
  manifest: Manifest
  platform: Platform
}

/** The manifest for a name; for an index with several platforms, this host's. */
export async function hostManifest(blobs: Blobs, descriptor: Descriptor): Promise<PlatformManifest> {
  const found = await hostDescriptor(blobs, descriptor)
  return { manifest: await readJson(blobs, found), platform: found.platform ?? hostPlatform() }
}

/** The manifest of an index for this host; a manifest is returned unchanged. Throws `oci/image-missing`. */
export async function hostDescriptor(blobs: Blobs, descriptor: Descriptor): Promise<Descriptor> {
  if (!isIndex(descriptor)) return descriptor
  const host = hostPlatform()
  const { manifests } = await readJson<Index>(blobs, descriptor)
  const found = manifests.find(
    ({ platform }) => platform?.os === host.os && platform.architecture === host.architecture,
  )
  if (found === undefined) {
    const wanted = `${host.os}/${host.architecture}`
    throw new DesktopError('oci/image-missing', `image "${nameOf(descriptor)}" has no variant for ${wanted}`)
  }
  return found
}

/**
 * Digest of an image's content and start parameters: its unpacked layers, configuration and annotations. For a list
 * without an image for this host, the list's own digest.
 */
export async function contentDigestOf(blobs: Blobs, descriptor: Descriptor): Promise<Digest> {
  const found = await hostDescriptor(blobs, descriptor).catch((error: unknown) => {
    if (error instanceof DesktopError && error.code === 'oci/image-missing') return undefined
    throw error
  })
  if (found === undefined || isIndex(found)) return descriptor.digest
  const manifest = await readJson<Manifest>(blobs, found)
  if (typeof manifest.config?.digest !== 'string')
    throw new DesktopError('oci/corrupt', `manifest ${found.digest} has no configuration`)
  const { config = {}, rootfs } = await readJson<ImageConfiguration>(blobs, manifest.config)
  const layers = rootfs?.diff_ids ?? []
  return sha256(Buffer.from(JSON.stringify([config, layers, manifest.annotations ?? {}])))
}

/** Limit on images, nested lists and layers, far above any real set of images. */
const maxReachable = 10_000

/** All blobs reachable from these descriptors, themselves included, deduplicated. */
export async function reachable(blobs: Blobs, descriptors: readonly Descriptor[]): Promise<Descriptor[]> {
  const found = new Map<string, Descriptor>()
  const queue = [...descriptors]
  const lists = new Set<string>()
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    found.set(`${next.digest} ${next.size}`, next)
    if (lists.has(next.digest)) continue
    lists.add(next.digest)
    if (isIndex(next)) queue.push(...listOf((await readJson<Index>(blobs, next)).manifests))
    else {
      const { config, layers } = await readJson<Manifest>(blobs, next)
      for (const leaf of [config, ...listOf(layers)]) found.set(`${leaf.digest} ${leaf.size}`, leaf)
    }
    if (found.size + queue.length > maxReachable)
      throw new DesktopError('oci/too-large', `the images refer to more than ${maxReachable} blobs`)
  }
  return [...found.values()]
}

function listOf(value: readonly Descriptor[]): readonly Descriptor[] {
  if (Array.isArray(value) && value.every((one) => typeof one?.digest === 'string')) return value
  throw new DesktopError('oci/corrupt', 'an index of the image has entries that are not descriptors')
}
