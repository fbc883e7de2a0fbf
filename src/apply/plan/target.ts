/**
 * The target state of the environment on this host: rendered texts, accelerator, image and QEMU command line.
 */
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
import { cachePaths } from '../../host/paths.ts'
import type { Program } from '../../host/program.ts'
import { type Observation, observedValue } from '../../observation.ts'
import type { Target } from '../../reconcile/target.ts'
import { apiVersion } from '../../supervisor/api/api.ts'
import { toolVersion } from '../../version.ts'
import type { AcceleratorAnswer } from '../../vm/probe/native.ts'
import { withoutPlaces } from '../../vm/qemu/argv.ts'
import { type TcgThread, tcgThread } from '../../vm/qemu/tcg-thread.ts'
import type { Virtiofsd } from '../../vm/share/virtiofs.ts'
import type { VmSpec } from '../../vm/spec.ts'
import type { Environment } from '../environment/environment.ts'
import { resolveAccelerator } from './accelerator.ts'
import { findPrograms } from './programs.ts'
import { partsOf, type VmSpecInputs, vmSpec } from './vm-spec.ts'

/** Software installed on this host; each field is undefined until installed or built. */
export interface Installed {
  rendered: RenderedGuest
  qemu: Program | undefined
  /** Located only if there are shares. */
  virtiofsd: Virtiofsd | undefined
  /** Digest of the image for these texts; undefined until its packages have been resolved once. */
  imageDigest: string | undefined
  image: GuestImage | undefined
  /** Contents of desktop.lock; undefined if there is none. */
  lock: ComponentLock | undefined
}

export interface HostResources extends Installed {
  /** Unknown until QEMU is installed and the guest image is built. */
  accelerator: Observation<AcceleratorAnswer>
  tcgThread: TcgThread
}

type ResourceInputs = Pick<Environment, 'desired' | 'kept' | 'lockFile'>

/** Throws `config/lock` if desktop.lock is invalid. */
export async function findInstalled({ desired, kept, lockFile }: ResourceInputs): Promise<Installed> {
  const cache = cachePaths()
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest), cache.renderedDir)
  const lock = lockFile === undefined ? undefined : await readLockFile(lockFile)
  const [{ qemu, virtiofsd }, imageDigest] = await Promise.all([
    findPrograms(desired, cache),
    kept?.imageDigest ?? guestImageDigest(guestInputs(rendered, lock), cache),
  ])
  const found = imageDigest === undefined ? undefined : await findImage(cache, imageDigest)
  // An image that differs from the lock is rebuilt, and rejected if that does not help.
  const image = found !== undefined && isPinned(lock, found.digest, found.content) ? found : undefined
  return { rendered, qemu, virtiofsd, imageDigest, image, lock }
}

/** Takes seconds if the accelerator has not been probed since the host booted. */
export async function withAccelerator(
  { desired }: ResourceInputs,
  installed: Installed,
): Promise<HostResources> {
  const { qemu } = installed
  const [accelerator, thread] = await Promise.all([
    resolveAccelerator(desired.vm.accelerator, installed),
    qemu === undefined ? ('single' as const) : tcgThread(qemu, cachePaths().acceleratorDir),
  ])
  return { ...installed, accelerator, tcgThread: thread }
}

export const resolveResources = async (environment: ResourceInputs): Promise<HostResources> =>
  withAccelerator(environment, await findInstalled(environment))

/** Inputs of the guest image build. */
export const guestInputs = (
  {
    linuxkitYaml,
    builder,
    extension: { archives, sources },
  }: Pick<RenderedGuest, 'linuxkitYaml' | 'builder' | 'extension'>,
  lock: ComponentLock | undefined,
): GuestInputs => ({ linuxkitYaml, builder, archives, sources, ...(lock === undefined ? {} : { lock }) })

/** The configured accelerator, or the best available one. */
function chosen(
  { desired }: Pick<Environment, 'desired'>,
  answer: Observation<AcceleratorAnswer>,
): Accelerator | undefined {
  return desired.vm.accelerator === 'auto' ? observedValue(answer)?.accelerator : desired.vm.accelerator
}

/** Inputs of the QEMU command line, or the missing part. */
export function inputsOf(
  environment: Pick<Environment, 'desired' | 'paths'>,
  resources: HostResources,
): { inputs: VmSpecInputs } | { missing: string } {
  const { desired, paths } = environment
  const { rendered, qemu, image, virtiofsd, tcgThread: thread } = resources
  if (qemu === undefined) return { missing: 'QEMU is not installed' }
  if (image === undefined) return { missing: 'the guest image is not built' }
  if (desired.shares.length > 0 && virtiofsd === undefined)
    return { missing: 'virtiofsd, which serves shares, is not installed' }
  const accelerator = chosen(environment, resources.accelerator)
  if (accelerator === undefined) {
    const { accelerator: answer } = resources
    return {
      missing: `the accelerator is not known${answer.state === 'unknown' ? `: ${answer.reason}` : ''}`,
    }
  }
  return { inputs: { desired, rendered, paths, qemu, virtiofsd, accelerator, tcgThread: thread, image } }
}

/** undefined while a part is missing. */
export function specOf(environment: Environment, resources: HostResources): VmSpec | undefined {
  const found = inputsOf(environment, resources)
  return 'inputs' in found ? vmSpec(found.inputs) : undefined
}

/** Call once packages and image are installed; throws if one is missing. */
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

/**
 * An accelerator that the file requires is never replaced with emulation. A plan reports this too, once an
 * image is available for the probe.
 */
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
