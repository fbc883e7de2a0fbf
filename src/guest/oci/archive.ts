/**
 * An image in a file, as people bring one: an OCI image layout as a tar (`docker save` since 25, `skopeo copy
 * oci-archive:`), or the older archive of `docker save` and `podman save` (manifest.json and layers).
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { DesktopError, messageOf } from '../../errors.ts'
import { bytesOf, type Content, ContentReader, type Entry } from '../archive/entry.ts'
import { fileSource } from '../archive/file-source.ts'
import { treePath } from '../archive/path.ts'
import { blockBytes, parseHeader } from '../archive/tar-header.ts'
import { readTar } from '../archive/tar-read.ts'
import { sha256 } from './blobs.ts'
import { parseIndex } from './layout-index.ts'
import type { Store } from './store.ts'
import type { Descriptor, ImageConfiguration } from './types.ts'

/** What the archive says of its one image; both forms name everything in it by digest. */
type Listing =
  | { form: 'layout'; image: Descriptor }
  | { form: 'docker'; config: string; layers: readonly string[] }

/** Larger is no list of images. */
const maxListBytes = 4 * 2 ** 20

const refused = (path: string, why: string): DesktopError =>
  new DesktopError('oci/bad-archive', `${path}: ${why}`, {
    hint: 'an image comes as the tar of `docker save -o FILE IMAGE` or of an OCI layout, with one image in it',
  })

/** Reads headers only and skips what is between: an archive of gigabytes takes no longer than one of kilobytes. */
async function lists(path: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const file = await open(path)
  await using _file = file
  const block = Buffer.alloc(blockBytes)
  const { size: fileBytes } = await file.stat()
  for (let at = 0; at + blockBytes <= fileBytes; ) {
    await file.read(block, 0, blockBytes, at)
    if (block.every((byte) => byte === 0)) break
    const header = parseHeader(block)
    if (header === undefined) throw refused(path, 'it is not a tar archive')
    const name = treePath(header.name)
    if ((name === 'index.json' || name === 'manifest.json') && header.size <= maxListBytes) {
      const text = Buffer.alloc(header.size)
      await file.read(text, 0, header.size, at + blockBytes)
      found.set(name, text.toString('utf8'))
    }
    at += blockBytes + Math.ceil(header.size / blockBytes) * blockBytes
  }
  return found
}

async function listing(path: string): Promise<Listing> {
  const found = await lists(path)
  const index = found.get('index.json')
  if (index !== undefined) {
    const { manifests } = parseIndex(index, `index.json of ${path}`)
    const [image, ...others] = manifests
    if (image === undefined) throw refused(path, 'it has no image')
    // One image under many names is one image.
    if (others.some(({ digest }) => digest !== image.digest))
      throw refused(path, 'it has more than one image')
    return { form: 'layout', image }
  }
  const text = found.get('manifest.json')
  if (text === undefined) throw refused(path, 'it has neither index.json nor manifest.json')
  const images = JSON.parse(text) as readonly { Config: string; Layers: readonly string[] }[]
  const [image] = images
  if (images.length !== 1 || image === undefined) throw refused(path, `it has ${images.length} images`)
  return { form: 'docker', config: image.Config, layers: image.Layers }
}

/** A name for the image that changes with its content, e.g. `local/web:1f0c…`. Throws `oci/bad-archive`. */
export async function archiveName(path: string): Promise<string> {
  const about = await listing(path).catch((error: unknown) => {
    throw error instanceof DesktopError ? error : refused(path, messageOf(error))
  })
  const identity = about.form === 'layout' ? about.image.digest : [about.config, ...about.layers].join('\n')
  const stem = basename(path)
    .replace(/\.tar$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `local/${stem === '' ? 'image' : stem}:${sha256(Buffer.from(identity)).slice('sha256:'.length, 23)}`
}

/** Brings the archive's image into the store under the name that `archiveName` gave. */
export async function importArchive(store: Store, path: string, name: string): Promise<void> {
  const about = await listing(path)
  const source = fileSource(path)
  if (about.form === 'layout') {
    await store.importTar(createReadStream(path), { as: name, source })
    return
  }
  const members = new Map<string, Entry>()
  for await (const entry of readTar(createReadStream(path), { source })) members.set(entry.path, entry)
  const member = (wanted: string): Content => {
    const entry = members.get(treePath(wanted) ?? '')
    // Layers that are alike are links to one another in older archives.
    const target = entry?.type === 'hardlink' ? members.get(entry.target) : entry
    if (target?.type === 'file') return target.content
    throw refused(path, `${wanted} is not in it`)
  }
  const config = Buffer.from(await bytesOf(member(about.config))).toString('utf8')
  const { config: started = {}, os, architecture } = JSON.parse(config) as ImageConfiguration
  await using reader = new ContentReader()
  const layers = about.layers.map((layer) => ({ tar: reader.read(member(layer)) }))
  await store.add({ name, layers, config: started, platform: { os, architecture } })
}
