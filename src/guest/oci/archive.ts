/**
 * A user's image in a file: an OCI image layout as a tar (`docker save` since 25, `skopeo copy oci-archive:`), or the
 * older format of `docker save` and `podman save` (manifest.json and layers).
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { bytesOf, type Content, ContentReader, type Entry, sizeOf } from '../archive/entry.ts'
import { fileSource } from '../archive/file-source.ts'
import { treePath } from '../archive/path.ts'
import { blockBytes, parseHeader } from '../archive/tar-header.ts'
import { maxEntries, readTar } from '../archive/tar-read.ts'
import { maxListBytes, sha256 } from './blobs.ts'
import { parseIndex } from './layout-index.ts'
import type { Store } from './store.ts'
import type { Descriptor, Digest, ImageConfiguration } from './types.ts'

/** The archive's single image. `identity` is the digest of its manifest or configuration. */
type Listing = { identity: Digest } & (
  | { form: 'layout'; image: Descriptor }
  | { form: 'docker'; config: string; layers: readonly string[] }
)

const maxLayers = 1000

const refused = (path: string, why: string): DesktopError =>
  new DesktopError('oci/bad-archive', `${path}: ${why}`, {
    hint: 'pass a tar made by `docker save -o FILE IMAGE`, or of an OCI layout, with one image in it',
  })

/** Reads headers only and skips file contents, so the time does not depend on the archive's size. */
async function textsOf(path: string, names: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const file = await open(path)
  await using _file = file
  const block = Buffer.alloc(blockBytes)
  const { size: fileBytes } = await file.stat()
  let entries = 0
  for (let at = 0; at + blockBytes <= fileBytes; ) {
    entries += 1
    if (entries > maxEntries) throw refused(path, `it has more than ${maxEntries} entries`)
    await file.read(block, 0, blockBytes, at)
    if (block.every((byte) => byte === 0)) break
    const header = parseHeader(block)
    if (header === undefined) throw refused(path, 'it is not a tar archive')
    const name = treePath(header.name)
    if (name !== undefined && names.includes(name) && header.size <= maxListBytes) {
      const text = Buffer.alloc(header.size)
      await file.read(text, 0, header.size, at + blockBytes)
      found.set(name, text.toString('utf8'))
    }
    at += blockBytes + Math.ceil(header.size / blockBytes) * blockBytes
  }
  return found
}

async function listing(path: string): Promise<Listing> {
  const found = await textsOf(path, ['index.json', 'manifest.json'])
  const index = found.get('index.json')
  if (index !== undefined) {
    const { manifests } = parseIndex(index, `index.json of ${path}`)
    const [image, ...others] = manifests
    if (image === undefined) throw refused(path, 'it has no image')
    // An image with several names counts once.
    if (others.some(({ digest }) => digest !== image.digest))
      throw refused(path, 'it has more than one image')
    return { identity: image.digest, form: 'layout', image }
  }
  const text = found.get('manifest.json')
  if (text === undefined) throw refused(path, 'it has neither index.json nor manifest.json')
  const images: unknown = JSON.parse(text)
  if (!Array.isArray(images) || images.length !== 1) throw refused(path, 'manifest.json has not one image')
  const { Config: config, Layers: layers } = (images[0] ?? {}) as { Config: unknown; Layers: unknown }
  const isSound = typeof config === 'string' && Array.isArray(layers) && layers.length <= maxLayers
  if (!isSound || !layers.every((layer) => typeof layer === 'string'))
    throw refused(path, 'manifest.json names no configuration or layers')
  // File names in the archive are arbitrary; the configuration lists the layers' digests.
  const configuration = (await textsOf(path, [treePath(config) ?? ''])).get(treePath(config) ?? '')
  if (configuration === undefined) throw refused(path, `${config} is not in it`)
  return { identity: sha256(Buffer.from(configuration)), form: 'docker', config, layers }
}

/** A content-derived image name, e.g. `local/web:1f0c…`. Throws `oci/bad-archive`. */
export async function archiveName(path: string): Promise<string> {
  const about = await listing(path).catch((error: unknown) => {
    throw error instanceof DesktopError ? error : refused(path, messageOf(error))
  })
  return nameOf(path, about.identity)
}

function nameOf(path: string, identity: Digest): string {
  const stem = basename(path)
    .replace(/\.tar$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `local/${stem === '' ? 'image' : stem}:${sha256(Buffer.from(identity)).slice('sha256:'.length, 23)}`
}

/** Imports the archive's image under the name from `archiveName`. */
export async function importArchive(store: Store, path: string, name: string): Promise<void> {
  const about = await listing(path)
  if (nameOf(path, about.identity) !== name)
    throw new DesktopError('guest/source-changed', `${path} changed while the guest was built`)
  const source = fileSource(path)
  if (about.form === 'layout') {
    await store.importTar(createReadStream(path), { as: name, digest: about.image.digest, source })
    return
  }
  const members = new Map<string, Entry>()
  for await (const entry of readTar(createReadStream(path), { source })) members.set(entry.path, entry)
  const member = (wanted: string): Content => {
    const entry = members.get(treePath(wanted) ?? '')
    // In older archives, identical layers are links to each other.
    const target = entry?.type === 'hardlink' ? members.get(entry.target) : entry
    if (target?.type === 'file') return target.content
    throw refused(path, `${wanted} is not in it`)
  }
  const configuration = member(about.config)
  if (sizeOf(configuration) > maxListBytes) throw refused(path, `${about.config} is not a configuration`)
  const config = Buffer.from(await bytesOf(configuration))
  // Parsers with and without support for extended headers may see different files under one name.
  if (sha256(config) !== about.identity) throw refused(path, `it has ${about.config} twice`)
  const {
    config: started = {},
    os,
    architecture,
    rootfs,
  } = JSON.parse(config.toString('utf8')) as ImageConfiguration
  await using reader = new ContentReader()
  const layers = about.layers.map((layer) => ({ tar: reader.read(member(layer)) }))
  const digests = rootfs?.diff_ids
  if (!Array.isArray(digests) || digests.length !== layers.length)
    throw refused(path, 'its configuration has other layers')
  await store.add({ name, layers, digests, config: started, platform: { os, architecture } })
}
