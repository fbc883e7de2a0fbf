/** Inputs and output of the guest builder. */
import type { Builder } from '../config/desired.ts'
import type { CachePaths } from '../host/paths.ts'
import type { OnProgress } from '../progress.ts'
import type { Named } from './extension.ts'

/** A component image with its exact packages: an entry of desktop.lock. */
export interface LockedComponent {
  /** Image name in the LinuxKit YAML, e.g. `desktop/docker`. */
  name: string
  packages: readonly LockedPackage[]
}

export interface LockedPackage {
  name: string
  version: string
  /** Lower-case hex SHA-256 of the .deb. */
  sha256: string
  sizeBytes: number
}

/** Versions and digests of all Debian packages. */
export interface ComponentLock {
  /** Debian suite and architecture, e.g. `trixie/amd64`. */
  source: string
  components: readonly LockedComponent[]
  /** Docker client for hosts without one; not part of the image. */
  client?: readonly LockedPackage[]
  /** Pinned content digests of images (by digest) and components (by name and tag). */
  contents?: Readonly<Record<string, string>>
}

export interface GuestInputs {
  /** Output of `renderGuest`: the guest's images, services and files. */
  linuxkitYaml: string
  /** Exact packages; by default, the newest of the suite are resolved once and cached. */
  lock?: ComponentLock
  /** Default `desktop`. */
  builder?: Builder
  /** The user's images and files that the YAML references. */
  archives?: readonly Named[]
  sources?: readonly Named[]
}

export interface BuildOptions {
  cache: CachePaths
  onProgress?: OnProgress
  signal?: AbortSignal
  /** Fail with `guest/offline` instead of using the network. */
  offline?: boolean
}

/** A bootable image in the cache: `imagesDir/DIGEST/{kernel,initrd,root.squashfs,image.json}`. */
export interface GuestImage {
  /** `sha256:…` of the inputs: package digests, LinuxKit YAML, guest files of this version of desktop. */
  digest: string
  /** File for QEMU's -kernel. */
  kernel: string
  /** SHA-256 of the kernel. */
  kernelDigest: string
  /** File for QEMU's -initrd. */
  initrd: string
  /** Read-only squashfs for the virtio-blk disk with serial=root. */
  root: string
  /** Complete value of QEMU's -append. */
  cmdline: string
  components: readonly LockedComponent[]
  /** Content digest; see `contentDigest`. */
  content: string
}
