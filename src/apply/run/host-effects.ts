/** The effects of steps on this host: packages, supervisor, guest image, disk, VM, engine, Docker contexts. */
import { removeContext, setContext } from '../../engine/context.ts'
import { hypervisorPackages } from '../../guest/debian/hypervisor.ts'
import { installPackages } from '../../host/packages.ts'
import { cachePaths } from '../../host/paths.ts'
import { controlClient } from '../../supervisor/api/client.ts'
import type { Assessment } from '../plan/assess.ts'
import type { Effects } from './effects.ts'
import { diskEffects } from './host-effects/disk.ts'
import { engineEffects } from './host-effects/engine.ts'
import { imageEffects } from './host-effects/image.ts'
import { platformEffects } from './host-effects/platforms.ts'
import { supervisorEffects } from './host-effects/supervisor.ts'
import { vmEffects } from './host-effects/vm.ts'
import { engineDeadlineMs } from './steps.ts'

interface HostEffectsOptions {
  /** Aborted to end programs started by a step. */
  kill: AbortSignal
  /** Deadline of the engine's start. */
  engineMs?: number
  /** Disables downloads. */
  offline?: boolean
}

export function hostEffects(
  assessment: Assessment,
  { kill, engineMs = engineDeadlineMs, offline = false }: HostEffectsOptions,
): Effects {
  const { paths } = assessment.environment
  const control = controlClient(paths)
  const { buildImage, requireIntact } = imageEffects(assessment, { kill, offline })
  return {
    installPackages: async (names, onProgress) => {
      const ofHost = names.filter((name) => !hypervisorPackages.includes(name))
      await installPackages(ofHost, (message) => onProgress({ step: 'packages', message }))
      if (ofHost.length === names.length) return
      const { installHypervisor } = await import('../../guest/debian/install-hypervisor.ts')
      await installHypervisor({ cache: cachePaths(), onProgress, signal: kill })
    },
    ...supervisorEffects(assessment),
    control,
    buildImage,
    ...diskEffects(paths, control),
    ...vmEffects(assessment, { control, engineMs, requireIntact }),
    ...engineEffects(assessment, control, engineMs),
    ...platformEffects(control, { kill, offline }),
    setContext,
    removeContext,
  }
}
