/** What the environment should be on this very host: rendered texts, accelerator, image, QEMU's command line. */
import { sealCredentials } from '../../config/daemon/seal.ts'
import type { Accelerator, JsonValue } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { findImage } from '../../guest/built.ts'
import { guestImageDigest } from '../../guest/digest.ts'
import { resolveExtension } from '../../guest/extension.ts'
import type { ComponentLock, GuestImage, GuestInputs } from '../../guest/image.ts'
import { readLockFile } from '../../guest/lock-file.ts'
import { isPinned } from '../../guest/pinned-content.ts'
import {
  bootMetadataDigest,
  guestFiles,
  type RenderedGuest,
  renderGuest,
  trustedText,
} from '../../guest/render.ts'
import { findProgram, qemuBinary } from '../../host/packages.ts'
import { cachePaths } from '../../host/paths.ts'
import { type Observation, observedValue } from '../../observation.ts'
import type { Target } from '../../reconcile/target.ts'
import { apiVersion } from '../../supervisor/api/api.ts'
import { toolVersion } from '../../version.ts'
import type { AcceleratorAnswer } from '../../vm/probe/native.ts'
import { withoutPlaces } from '../../vm/qemu/argv.ts'
import { type TcgThread, tcgThread } from '../../vm/qemu/tcg-thread.ts'
import { findVirtiofsd } from '../../vm/share/virtiofs.ts'
import type { VmSpec } from '../../vm/spec.ts'
import type { Environment } from '../environment/environment.ts'
import { resolveAccelerator } from './accelerator.ts'
import { partsOf, type VmSpecInputs, vmSpec } from './vm-spec.ts'

/** What this host has; each undefined until it is installed or built. */
export interface Installed {
  rendered: RenderedGuest
  binary: string | undefined
  /** Looked for when something is shared. */
  virtiofsd: string | undefined
  /** Of the image that these texts need; undefined until its packages have been resolved once. */
  imageDigest: string | undefined
  image: GuestImage | undefined
  /** What desktop.lock says; undefined without one. */
  lock: ComponentLock | undefined
}

export interface HostResources extends Installed {
  /** Unknown until QEMU is installed and the guest image is built. */
  accelerator: Observation<AcceleratorAnswer>
  tcgThread: TcgThread
}

type ResourceInputs = Pick<Environment, 'desired' | 'kept' | 'lockFile'>

/** Throws `config/lock` when there is a desktop.lock that cannot be used. */
export async function findInstalled({ desired, kept, lockFile }: ResourceInputs): Promise<Installed> {
  const cache = cachePaths()
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest), cache.renderedDir)
  const lock = lockFile === undefined ? undefined : await readLockFile(lockFile)
  const [binary, virtiofsd, imageDigest] = await Promise.all([
    findProgram(qemuBinary()),
    desired.shares.length === 0 ? undefined : findVirtiofsd(),
    kept?.imageDigest ?? guestImageDigest(guestInputs(rendered, lock), cache),
  ])
  const found = imageDigest === undefined ? undefined : await findImage(cache, imageDigest)
  // One with other content than the lock pins is built again, and refused if that does not help.
  const image = found !== undefined && isPinned(lock, found.digest, found.content) ? found : undefined
  return { rendered, binary, virtiofsd, imageDigest, image, lock }
}

/** Takes seconds when the accelerator has not been tried since the host booted. */
export async function withAccelerator(
  { desired }: ResourceInputs,
  installed: Installed,
): Promise<HostResources> {
  const { binary } = installed
  const [accelerator, thread] = await Promise.all([
    resolveAccelerator(desired.vm.accelerator, installed),
    binary === undefined ? ('single' as const) : tcgThread(binary, cachePaths().acceleratorDir),
  ])
  return { ...installed, accelerator, tcgThread: thread }
}

export const resolveResources = async (environment: ResourceInputs): Promise<HostResources> =>
  withAccelerator(environment, await findInstalled(environment))

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
function chosen(
  { desired }: Pick<Environment, 'desired'>,
  answer: Observation<AcceleratorAnswer>,
): Accelerator | undefined {
  return desired.vm.accelerator === 'auto' ? observedValue(answer)?.accelerator : desired.vm.accelerator
}

/** What QEMU's command line is made from, or which part of it is missing. */
export function inputsOf(
  environment: Pick<Environment, 'desired' | 'paths'>,
  resources: HostResources,
): { inputs: VmSpecInputs } | { missing: string } {
  const { desired, paths } = environment
  const { rendered, binary, image, virtiofsd = '', tcgThread: thread } = resources
  if (binary === undefined) return { missing: 'QEMU is not installed' }
  if (image === undefined) return { missing: 'the guest image is not built' }
  if (desired.shares.length > 0 && resources.virtiofsd === undefined)
    return { missing: 'virtiofsd, which serves shares, is not installed' }
  const accelerator = chosen(environment, resources.accelerator)
  if (accelerator === undefined) {
    const { accelerator: answer } = resources
    return {
      missing: `the accelerator is not known${answer.state === 'unknown' ? `: ${answer.reason}` : ''}`,
    }
  }
  return { inputs: { desired, rendered, paths, binary, virtiofsd, accelerator, tcgThread: thread, image } }
}

/** undefined while a part is missing. */
export function specOf(environment: Environment, resources: HostResources): VmSpec | undefined {
  const found = inputsOf(environment, resources)
  return 'inputs' in found ? vmSpec(found.inputs) : undefined
}

/** After packages and image are there; throws when one is not. */
export async function requireInputs(
  environment: Environment,
  resources: HostResources,
): Promise<VmSpecInputs> {
  const ready = 'inputs' in inputsOf(environment, resources) ? resources : await resolveResources(environment)
  requireAccelerator(environment, ready)
  const found = inputsOf(environment, ready)
  if ('inputs' in found) return found.inputs
  throw new DesktopError('vm/start-failed', found.missing, {
    hint: 'run `desktop apply` again: it installs, builds and retries the missing parts',
  })
}

/** One that the file insists on is not replaced by emulation. A plan says so as well, once there is an image to try it with. */
function requireAccelerator({ desired }: Environment, { accelerator }: HostResources): void {
  const wanted = desired.vm.accelerator
  const answer = observedValue(accelerator)
  if (wanted === 'auto' || answer === undefined || answer.accelerator === wanted) return
  const { reason = `this host has ${answer.accelerator}` } = answer
  throw new DesktopError('vm/accelerator', `${wanted} does not work on this host: ${reason}`, {
    hint: 'set `vm.accelerator: auto` to fall back to emulation',
  })
}

export function targetOf(environment: Environment, resources: HostResources): Target {
  const { desired, dockerSocket, record } = environment
  const spec = specOf(environment, resources)
  const text = resources.rendered.daemonJson
  const parse = (json: string): Readonly<Record<string, JsonValue>> => JSON.parse(json)
  return {
    desired,
    toolVersion,
    apiVersion,
    daemonJson: { text, value: parse(text), sealed: parse(sealCredentials(text, desired.name)) },
    trusted: trustedText(desired),
    accelerator: chosen(environment, resources.accelerator),
    hashes: {
      image: resources.imageDigest,
      metadata: bootMetadataDigest(resources.rendered.metadata),
      argv: spec?.hashes.argv,
    },
    parts: partsOf(desired, resources.rendered.extension),
    argv: spec && withoutPlaces(spec.argv),
    guestFiles: guestFiles(desired),
    diskUuid: record?.diskUuid,
    userSshAgent: process.env.SSH_AUTH_SOCK || undefined,
    dockerSocket,
    ...(environment.peers === undefined ? {} : { peers: environment.peers }),
  }
}
