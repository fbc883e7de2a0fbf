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
  /** By any name that LinuxKit would resolve to it, or by `name@sha256:…`. */
  find(name: string): Promise<StoredImage | undefined>
  /** Throws `oci/image-missing`, or `oci/corrupt` when a digest does not match. */
  read(name: string): Promise<ImageContents>
  /** The index that a name stands for; undefined when it stands for one manifest. */
  index(name: string): Promise<{ descriptor: Descriptor; manifests: readonly Descriptor[] } | undefined>
  manifest(descriptor: Descriptor): Promise<Manifest>
  /** A stored blob. Throws `oci/corrupt` if it is missing or truncated. */
  blob(descriptor: Descriptor): Content
  /** Manifest and configuration, unchanged. */
  inspect(name: string): Promise<{ manifest: Manifest; configuration: ImageConfiguration }>
  /** False when there was no such image. Its blobs go with the next `prune`. */
  remove(name: string): Promise<boolean>
  /** Bytes freed. */
  prune(graceMs?: number): Promise<number>
  /** Digest of an image's content and start parameters, independent of layer compression. */
  contentOf(name: string): Promise<Digest>
  /**
   * An uncompressed tar of an OCI layout; gives the names it brought. Throws `guest/content-differs` for a name that
   * the store has with other content.
   */
  importTar(bytes: AsyncIterable<Uint8Array>, options?: ImportOptions): Promise<string[]>
  /**
   * For `importTar`, and for `linuxkit cache import`. Without names: all images. With names, images have them
   * as given: that program finds `moby/kit` under no other name than `docker.io/moby/kit`, without a tag.
   */
  exportTar(names?: readonly string[]): AsyncIterable<Uint8Array>
}
