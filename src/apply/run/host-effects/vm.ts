/**
 * Effects on the VM: start and resume it, record it as the last good one, and roll back to that one on
 * failure.
 */
import { sealCredentials, unsealCredentials } from '../../../config/daemon/seal.ts'
import { findImage } from '../../../guest/built.ts'
import { metadataIso } from '../../../guest/metadata/tree.ts'
import { writeAtomic } from '../../../host/atomic-file.ts'
import { privateDirectory } from '../../../host/directories.ts'
import { cachePaths } from '../../../host/paths.ts'
import { observedValue } from '../../../observation.ts'
import type { OnProgress } from '../../../progress.ts'
import type { Control } from '../../../supervisor/api/api.ts'
import type { VmSpec } from '../../../vm/spec.ts'
import type { Environment } from '../../environment/environment.ts'
import { keepLastGoodVm, readLastGoodVm, returnToLastGoodVm } from '../../history/last-good-vm.ts'
import { emulationNotice, specWithFallback } from '../../plan/accelerator.ts'
import type { Assessment } from '../../plan/assess.ts'
import { requireSignedImage } from '../../plan/signatures.ts'
import {
  type HostResources,
  requireInputs,
  resolveResources,
  specOf,
  withAccelerator,
} from '../../plan/target.ts'
import type { VmSpecInputs } from '../../plan/vm-spec.ts'
import type { Effects } from '../effects.ts'
import { startFresh } from '../golden.ts'
import { stopDeadlineMs } from '../steps.ts'

type VmEffects = Pick<
  Effects,
  'startVm' | 'resumeVm' | 'keepLastGoodVm' | 'returnToLastGoodVm' | 'vmSpec' | 'emulation'
>

interface VmOptions {
  control: Control
  engineMs: number
  requireIntact: (onProgress: OnProgress) => Promise<void>
}

export function vmEffects(
  { environment, resources }: Pick<Assessment, 'environment' | 'resources'>,
  { control, engineMs, requireIntact }: VmOptions,
): VmEffects {
  const { paths, desired } = environment

  /** Resolved each time, because the accelerator may have failed since planning. */
  const current = (): Promise<HostResources> => withAccelerator(environment, resources)
  const inputs = async (): Promise<VmSpecInputs> => {
    const found = await requireInputs(environment, await current())
    await requireSignedImage(environment, { image: found.image, imageDigest: found.image.digest })
    return found
  }
  const spec = async (): Promise<VmSpec> => await specWithFallback(await inputs())

  const writeMetadata = async (): Promise<void> => {
    await privateDirectory(paths.runtimeDir)
    await writeAtomic(paths.metadataIso, metadataIso(resources.rendered.metadata), { mode: 0o600 })
  }

  return {
    startVm: async (onProgress) => {
      await requireIntact(onProgress)
      if (await startFresh(await inputs(), await spec(), control, onProgress)) return
      await writeMetadata()
      await control.startVm(await spec())
    },
    resumeVm: async (onProgress) => {
      await requireIntact(onProgress)
      // The metadata disk is lost when the host reboots.
      await writeMetadata()
      return await control.resumeVm(await spec())
    },
    keepLastGoodVm: async () => {
      const metadata = sealCredentials(JSON.stringify(resources.rendered.metadata), desired.name)
      await keepLastGoodVm(paths, { spec: await spec(), network: desired.network, metadata })
    },
    returnToLastGoodVm: async () => {
      await requireSignedLastGood(environment)
      return await returnToLastGoodVm(paths, await spec(), control, {
        stopMs: stopDeadlineMs,
        engineMs,
        unseal: (sealed) =>
          unsealCredentials(sealed, JSON.stringify(resources.rendered.metadata), desired.name),
      })
    },
    vmSpec: async () =>
      specOf(environment, await current()) ?? specOf(environment, await resolveResources(environment)),
    emulation: async () => {
      const answer =
        observedValue((await current()).accelerator) ??
        observedValue((await resolveResources(environment)).accelerator)
      return answer === undefined ? undefined : emulationNotice(answer)
    },
  }
}

/** Its image may predate the signature requirement. */
async function requireSignedLastGood(environment: Environment): Promise<void> {
  const good = await readLastGoodVm(environment.paths.lastGoodVm)
  if (good === undefined) return
  const imageDigest = good.spec.hashes.image
  await requireSignedImage(environment, { image: await findImage(cachePaths(), imageDigest), imageDigest })
}
