/** Manifests, indexes and configurations: JSON blobs and what they lead to. */
import { DesktopError } from '../../errors.ts'
import { type Blobs, isDigest, sha256 } from './blobs.ts'
import { nameOf } from './layout-index.ts'
import type { Descriptor, Index, Manifest, Platform } from './types.ts'

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const configType = 'application/vnd.oci.image.config.v1+json'

/** Go's names of Node's architectures, as OCI wants them. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386' }

export const hostPlatform = (): Platform => ({
  os: 'linux',
  architecture: architectures[process.arch] ?? process.arch,
})

/** OCI's own and Docker's older name for an index. */
export const isIndex = ({ mediaType }: Descriptor): boolean => /image\.index|manifest\.list/.test(mediaType)

export async function readJson<T extends object>(blobs: Blobs, descriptor: Descriptor): Promise<T> {
  if (!isDigest(descriptor.digest)) {
    throw new DesktopError('oci/corrupt', `"${descriptor.digest}" is no digest`)
  }
  return JSON.parse((await blobs.read(descriptor)).toString('utf8')) as T
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

/** A name may stand for an index with one manifest for each platform; then this machine's is meant. */
export async function hostManifest(blobs: Blobs, descriptor: Descriptor): Promise<PlatformManifest> {
  const found = await hostDescriptor(blobs, descriptor)
  return { manifest: await readJson(blobs, found), platform: found.platform ?? hostPlatform() }
}

/** The manifest that an index has for this machine; a manifest is its own. Throws `oci/image-missing`. */
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

/** Everything that these descriptors lead to, themselves included. */
export async function reachable(blobs: Blobs, descriptors: readonly Descriptor[]): Promise<Descriptor[]> {
  const found: Descriptor[] = []
  for (const descriptor of descriptors) {
    found.push(descriptor)
    if (isIndex(descriptor)) {
      const { manifests } = await readJson<Index>(blobs, descriptor)
      found.push(...(await reachable(blobs, manifests)))
    } else {
      const manifest = await readJson<Manifest>(blobs, descriptor)
      found.push(manifest.config, ...manifest.layers)
    }
  }
  return found
}
