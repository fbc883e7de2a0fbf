/** Image store in OCI image layout format (image-spec 1.1, image-layout.md), importable into LinuxKit's cache. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Content, Entry } from '../archive/entry.ts'
import { Blobs } from './blobs.ts'
import { flatten } from './flatten.ts'
import { LayerSource, writeLayer } from './layer.ts'
import { changeIndex, named, nameOf, readIndex } from './layout-index.ts'
import { LayoutNames } from './layout-names.ts'
import {
  configType,
  contentDigestOf,
  hostManifest,
  hostPlatform,
  isIndex,
  manifestType,
  reachable,
  readJson,
  writeJson,
} from './manifests.ts'
import { parseReference, storedName } from './reference.ts'
import type { ImageContents, Store } from './store.ts'
import { blobContent, exportLayout, type ImportOptions, importLayout } from './transfer.ts'
import type {
  Descriptor,
  Digest,
  ImageConfiguration,
  Index,
  Manifest,
  NewImage,
  StoredImage,
} from './types.ts'

const pruneGraceMs = 3_600_000

function requireNames(wanted: readonly string[] | undefined, found: readonly Descriptor[]): void {
  if (wanted === undefined) return
  const names = found.map((one) => nameOf(one) ?? '').sort()
  const expected = wanted.map((name) => storedName(parseReference(name)!)).sort()
  if (JSON.stringify(names) === JSON.stringify(expected)) return
  throw new DesktopError('oci/bad-archive', `the archive has ${names.join(', ')}, not ${expected.join(', ')}`)
}

export class LayoutStore implements Store {
  readonly dir: string
  readonly #blobs: Blobs
  readonly #names: LayoutNames
  readonly #layers = new Map<Digest, Promise<Entry[]>>()

  constructor(dir: string) {
    this.dir = dir
    this.#blobs = new Blobs(dir)
    this.#names = new LayoutNames(dir, this.#blobs)
  }

  async add(image: NewImage): Promise<StoredImage> {
    const reference = parseReference(image.name)
    if (reference === undefined)
      throw new DesktopError('oci/bad-name', `"${image.name}" is not a valid image name`)
    const layers: Awaited<ReturnType<typeof writeLayer>>[] = []
    for (const [i, layer] of image.layers.entries()) {
      const written = await writeLayer(this.#blobs, layer)
      const wanted = image.digests?.[i] ?? written.diffId
      if (written.diffId !== wanted)
        throw new DesktopError(
          'oci/corrupt',
          `layer ${i + 1} has the content ${written.diffId}, not ${wanted}`,
        )
      layers.push(written)
    }
    const platform = image.platform ?? hostPlatform()
    const configuration: ImageConfiguration = {
      ...platform,
      config: image.config ?? {},
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
      history: [],
    }
    const manifest: Manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: await writeJson(this.#blobs, configType, configuration),
      layers: layers.map((layer) => layer.descriptor),
      ...(image.annotations === undefined ? {} : { annotations: image.annotations }),
    }
    const name = storedName(reference)
    const descriptor = named({ ...(await writeJson(this.#blobs, manifestType, manifest)), platform }, name)
    await this.#names.publish([descriptor], [descriptor, manifest.config, ...manifest.layers])
    return this.#describe(descriptor)
  }

  async list(): Promise<StoredImage[]> {
    const { manifests } = await readIndex(this.dir)
    const images: StoredImage[] = []
    for (const descriptor of manifests) {
      if (nameOf(descriptor) !== undefined) images.push(await this.#describe(descriptor))
    }
    return images
  }

  async find(name: string): Promise<StoredImage | undefined> {
    const descriptor = await this.#names.lookUp(name)
    return descriptor === undefined ? undefined : this.#describe(descriptor)
  }

  async index(
    name: string,
  ): Promise<{ descriptor: Descriptor; manifests: readonly Descriptor[] } | undefined> {
    const descriptor = await this.#names.present(name)
    if (!isIndex(descriptor)) return undefined
    return { descriptor, manifests: (await readJson<Index>(this.#blobs, descriptor)).manifests }
  }

  manifest(descriptor: Descriptor): Promise<Manifest> {
    return readJson(this.#blobs, descriptor)
  }

  blob({ digest, size }: Descriptor): Content {
    return blobContent(this.#blobs, digest, size)
  }

  async inspect(name: string): Promise<{ manifest: Manifest; configuration: ImageConfiguration }> {
    const descriptor = await this.#names.present(name)
    const { manifest } = await hostManifest(this.#blobs, descriptor)
    return { manifest, configuration: await readJson<ImageConfiguration>(this.#blobs, manifest.config) }
  }

  async read(name: string): Promise<ImageContents> {
    const { manifest, configuration } = await this.inspect(name)
    const diffIds = configuration.rootfs.diff_ids
    if (diffIds.length !== manifest.layers.length) {
      throw new DesktopError('oci/corrupt', `the layers of image "${name}" do not match its configuration`)
    }
    const layers = await Promise.all(
      manifest.layers.map((layer, index) => this.#layer(layer, diffIds[index]!)),
    )
    return { config: configuration.config ?? {}, entries: flatten(layers) }
  }

  remove(name: string): Promise<boolean> {
    return this.#names.remove(name)
  }

  async prune(graceMs: number = pruneGraceMs): Promise<number> {
    let freed = 0
    await changeIndex(this.dir, async (manifests) => {
      const kept = await reachable(this.#blobs, manifests)
      freed = await this.#blobs.prune(new Set(kept.map((one) => one.digest)), graceMs)
      return manifests
    })
    return freed
  }

  async contentOf(name: string): Promise<Digest> {
    return await contentDigestOf(this.#blobs, await this.#names.present(name))
  }

  async importTar(bytes: AsyncIterable<Uint8Array>, options: ImportOptions = {}): Promise<string[]> {
    const descriptors = await importLayout(this.#blobs, bytes, options)
    const blobs = await reachable(this.#blobs, descriptors)
    const contents = new Map<string, Digest>()
    for (const descriptor of descriptors)
      contents.set(nameOf(descriptor) ?? '', await contentDigestOf(this.#blobs, descriptor))
    requireNames(options.names, descriptors)
    await options.check?.(contents)
    const kept = await this.#unlessOther(contents)
    await this.#names.publish(
      descriptors.filter((one) => !kept.has(nameOf(one) ?? '')),
      blobs,
    )
    return descriptors.flatMap((descriptor) => nameOf(descriptor) ?? [])
  }

  /** Names already stored with the same content; throws if stored with different content. */
  async #unlessOther(contents: ReadonlyMap<string, Digest>): Promise<Set<string>> {
    const kept = new Set<string>()
    for (const [name, content] of contents) {
      const known = await this.#names.lookUp(name)
      // A damaged image is imported again.
      const has = known && (await contentDigestOf(this.#blobs, known).catch(() => undefined))
      if (has === undefined) continue
      if (has !== content) {
        const message = `the store has ${name} with the content ${has}, and the archive has ${content}`
        throw new DesktopError('guest/content-differs', message)
      }
      if (await this.#isWhole(known!)) kept.add(name)
    }
    return kept
  }

  async #isWhole(descriptor: Descriptor): Promise<boolean> {
    for (const blob of await reachable(this.#blobs, [descriptor]))
      if (!(await this.#blobs.touch(blob))) return false
    return true
  }

  async *exportTar(names?: readonly string[]): AsyncGenerator<Uint8Array> {
    const { manifests } = await readIndex(this.dir)
    const wanted =
      names === undefined ? manifests : await Promise.all(names.map((name) => this.#names.renamed(name)))
    yield* exportLayout(this.#blobs, wanted, await reachable(this.#blobs, wanted))
  }

  async #describe(descriptor: Descriptor): Promise<StoredImage> {
    const { manifest, platform } = await hostManifest(this.#blobs, descriptor)
    return {
      name: nameOf(descriptor) ?? descriptor.digest,
      digest: descriptor.digest,
      platform,
      annotations: manifest.annotations ?? {},
      size: manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
    }
  }

  #layer(descriptor: Descriptor, diffId: Digest): Promise<Entry[]> {
    const known = this.#layers.get(descriptor.digest)
    if (known !== undefined) return known
    const index = new LayerSource(this.#blobs, descriptor).index(diffId)
    this.#layers.set(descriptor.digest, index)
    // Do not cache failures: the blob may be imported again.
    index.catch(() => this.#layers.delete(descriptor.digest))
    return index
  }
}

export function openStore(dir: string): Store {
  return new LayoutStore(dir)
}
