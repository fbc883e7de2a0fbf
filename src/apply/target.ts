/** What the environment should be on this very host: rendered texts, accelerator, image, QEMU's command line. */
import { sealCredentials } from '../config/daemon/seal.ts'
import type { Accelerator, JsonValue } from '../config/desired.ts'
import { DesktopError } from '../errors.ts'
import { findImage } from '../guest/built.ts'
import { guestImageDigest } from '../guest/digest.ts'
import { resolveExtension } from '../guest/extension.ts'
import type { ComponentLock, GuestImage, GuestInputs } from '../guest/image.ts'
import { readLockFile } from '../guest/lock-file.ts'
import {
  bootMetadataDigest,
  guestFiles,
  type RenderedGuest,
  renderGuest,
  trustedText,
} from '../guest/render.ts'
import { findProgram, qemuBinary } from '../host/packages.ts'
import { baseDirs, cachePaths } from '../host/paths.ts'
import type { Target } from '../reconcile/target.ts'
import { apiVersion } from '../supervisor/api.ts'
import { toolVersion } from '../version.ts'
import { type AcceleratorAnswer, probeAccelerator } from '../vm/probe/accelerator.ts'
import { findVirtiofsd } from '../vm/share/virtiofs.ts'
import type { VmSpec } from '../vm/spec.ts'
import type { Environment } from './environment.ts'
import { partsOf, type VmSpecInputs, vmSpec } from './vm-spec.ts'

/** What this host has; each undefined until it is installed or built. */
export interface Means {
  rendered: RenderedGuest
  binary: string | undefined
  /** Looked for when something is shared. */
  virtiofsd: string | undefined
  accelerator: AcceleratorAnswer | undefined
  /** Of the image that these texts need; undefined until its packages have been resolved once. */
  imageDigest: string | undefined
  image: GuestImage | undefined
  /** What desktop.lock says; undefined without one. */
  lock: ComponentLock | undefined
}

/** Throws `config/lock` when there is a desktop.lock that cannot be used. */
export async function findMeans({
  desired,
  kept,
  lockFile,
}: Pick<Environment, 'desired' | 'kept' | 'lockFile'>): Promise<Means> {
  const cache = cachePaths()
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest), cache.renderedDir)
  const lock = lockFile === undefined ? undefined : await readLockFile(lockFile)
  const binary = await findProgram(qemuBinary())
  const [virtiofsd, accelerator, imageDigest] = await Promise.all([
    desired.shares.length === 0 ? undefined : findVirtiofsd(),
    binary === undefined ? undefined : probeAccelerator(binary, baseDirs().cache),
    kept?.imageDigest ?? guestImageDigest(guestInputs(rendered, lock), cache),
  ])
  const image = imageDigest === undefined ? undefined : await findImage(cache, imageDigest)
  return { rendered, binary, virtiofsd, accelerator, imageDigest, image, lock }
}

/** What the guest image is built of. */
export const guestInputs = (
  {
    linuxkitYaml,
    builder,
    extension: { archives, sources },
  }: Pick<RenderedGuest, 'linuxkitYaml' | 'builder' | 'extension'>,
  lock: ComponentLock | undefined,
): GuestInputs => ({ linuxkitYaml, builder, archives, sources, ...(lock === undefined ? {} : { lock }) })

/** The accelerator asked for, or the best that works. */
function chosen({ desired }: Environment, answer: AcceleratorAnswer | undefined): Accelerator | undefined {
  return desired.vm.accelerator === 'auto' ? answer?.accelerator : desired.vm.accelerator
}

/** undefined while QEMU or the image is missing. */
function inputsOf(environment: Environment, means: Means): VmSpecInputs | undefined {
  const { rendered, binary, image } = means
  const accelerator = chosen(environment, means.accelerator)
  if (binary === undefined || image === undefined || accelerator === undefined) return undefined
  const { desired, paths } = environment
  if (desired.shares.length > 0 && means.virtiofsd === undefined) return undefined
  const { virtiofsd = '' } = means
  return { desired, rendered, paths, binary, virtiofsd, accelerator, image }
}

/** undefined while QEMU or the image is missing. */
export function specOf(environment: Environment, means: Means): VmSpec | undefined {
  const inputs = inputsOf(environment, means)
  return inputs === undefined ? undefined : vmSpec(inputs)
}

/** After packages and image are there; throws when one is not. */
export async function requireInputs(environment: Environment, means: Means): Promise<VmSpecInputs> {
  const inputs = inputsOf(environment, means) ?? inputsOf(environment, await findMeans(environment))
  if (inputs !== undefined) return inputs
  throw new DesktopError('vm/start-failed', 'QEMU or the guest image is missing', {
    hint: 'run `desktop apply` again: it installs and builds what is missing',
  })
}

export function targetOf(environment: Environment, means: Means): Target {
  const { desired, dockerSocket, record } = environment
  const spec = specOf(environment, means)
  const text = means.rendered.daemonJson
  const parse = (json: string): Readonly<Record<string, JsonValue>> => JSON.parse(json)
  return {
    desired,
    toolVersion,
    apiVersion,
    daemonJson: { text, value: parse(text), sealed: parse(sealCredentials(text, desired.name)) },
    trusted: trustedText(desired),
    accelerator: chosen(environment, means.accelerator),
    hashes: {
      image: means.imageDigest,
      metadata: bootMetadataDigest(means.rendered.metadata),
      argv: spec?.hashes.argv,
    },
    parts: partsOf(desired, means.rendered.extension),
    argv: spec?.argv,
    guestFiles: guestFiles(desired),
    diskUuid: record?.diskUuid,
    dockerSocket,
  }
}
