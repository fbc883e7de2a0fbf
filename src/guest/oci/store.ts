/** The image store by name, for builders and commands. */
import type { Content, Entry } from '../archive/entry.ts'
import type { ImportOptions } from './transfer.ts'
import type {
  Descriptor,
  Digest,
  ImageConfig,
  ImageConfiguration,
  Manifest,
  NewImage,
  StoredImage,
} from './types.ts'

/** An image's contents for a builder. */
export interface ImageContents {
  config: ImageConfig
  /** The merged layers; contents are slices of the store. */
  entries: readonly Entry[]
}

export interface Store {
  readonly dir: string
  add(image: NewImage): Promise<StoredImage>
  list(): Promise<StoredImage[]>
  /** Finds an image by any name that LinuxKit would resolve to it, or by `name@sha256:…`. */
  find(name: string): Promise<StoredImage | undefined>
  /** Throws `oci/image-missing`, or `oci/corrupt` on a digest mismatch. */
  read(name: string): Promise<ImageContents>
  /** The index of a name; undefined if the name refers to a single manifest. */
  index(name: string): Promise<{ descriptor: Descriptor; manifests: readonly Descriptor[] } | undefined>
  manifest(descriptor: Descriptor): Promise<Manifest>
  /** A stored blob. Throws `oci/corrupt` if it is missing or truncated. */
  blob(descriptor: Descriptor): Content
  /** Manifest and configuration, unchanged. */
  inspect(name: string): Promise<{ manifest: Manifest; configuration: ImageConfiguration }>
  /** Returns false if there was no such image. The next `prune` removes its blobs. */
  remove(name: string): Promise<boolean>
  /** Returns the bytes freed. */
  prune(graceMs?: number): Promise<number>
  /** Digest of an image's content and start parameters, independent of layer compression. */
  contentOf(name: string): Promise<Digest>
  /**
   * Imports an uncompressed tar of an OCI layout; returns the imported names. Throws `guest/content-differs` for a name
   * that the store has with different content.
   */
  importTar(bytes: AsyncIterable<Uint8Array>, options?: ImportOptions): Promise<string[]>
  /**
   * Exports for `importTar` and `linuxkit cache import`. Without names: all images. Names are written as given: that
   * program finds `moby/kit` only as `docker.io/moby/kit`, without a tag.
   */
  exportTar(names?: readonly string[]): AsyncIterable<Uint8Array>
}
