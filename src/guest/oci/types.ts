/** Image types of the OCI image specification 1.1, as far as the store uses them. */
import type { Entries } from '../archive/entry.ts'

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`

export interface Platform {
  os: string
  /** In Go's naming: amd64, arm64 … */
  architecture: string
  variant?: string
}

export interface Descriptor {
  mediaType: string
  digest: Digest
  /** Bytes. */
  size: number
  platform?: Platform
  annotations?: Readonly<Record<string, string>>
}

export interface Manifest {
  schemaVersion: 2
  mediaType?: string
  config: Descriptor
  layers: Descriptor[]
  annotations?: Readonly<Record<string, string>>
}

export interface Index {
  schemaVersion: 2
  mediaType?: string
  manifests: Descriptor[]
  annotations?: Readonly<Record<string, string>>
}

/** The `config` member of an image configuration: start parameters of a container. */
export interface ImageConfig {
  User?: string
  Env?: string[]
  Entrypoint?: string[]
  Cmd?: string[]
  WorkingDir?: string
  Labels?: Record<string, string>
}

export interface ImageConfiguration extends Platform {
  config?: ImageConfig
  rootfs: { type: 'layers'; diff_ids: Digest[] }
  created?: string
  history?: unknown[]
}

/** A layer as an uncompressed tar stream (e.g. of `dpkg-deb --fsys-tarfile`) or as entries. */
export type LayerInput = { tar: AsyncIterable<Uint8Array> } | { entries: Entries }

export interface NewImage {
  /** `NAME[:TAG]`, stored under its full name: `busybox:1` is `docker.io/library/busybox:1`. */
  name: string
  /** Lowest first. */
  layers: readonly LayerInput[]
  /** Expected digests of the uncompressed layers; `oci/corrupt` on a mismatch. */
  digests?: readonly Digest[]
  config?: ImageConfig
  /** Default: linux on the architecture of this process. */
  platform?: Platform
  /** Stored on the manifest, e.g. the hash of the image's inputs. */
  annotations?: Readonly<Record<string, string>>
}

export interface StoredImage {
  /** Full name with registry, path and tag. */
  name: string
  /** Digest of the manifest. */
  digest: Digest
  platform: Platform
  annotations: Readonly<Record<string, string>>
  /** Compressed size of its layers. */
  size: number
}
