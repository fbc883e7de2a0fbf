/** Effects on the supervisor process: start it, and replace it while QEMU keeps running. */
import { observedValue } from '../../../observation.ts'
import { endSupervisor, spawnSupervisor } from '../../../supervisor/process/spawn.ts'
import type { Assessment } from '../../plan/assess.ts'
import type { Effects } from '../effects.ts'

type SupervisorEffects = Pick<Effects, 'startSupervisor' | 'replaceSupervisor'>

export function supervisorEffects({
  environment: { desired, paths },
  observed,
}: Pick<Assessment, 'environment' | 'observed'>): SupervisorEffects {
  const isOneOfSeveral = desired.machine !== undefined
  return {
    startSupervisor: async () => {
      await spawnSupervisor(desired.name, paths, { isOneOfSeveral })
    },
    replaceSupervisor: async () => {
      await endSupervisor(paths, observedValue(observed.supervisor)?.pid, 'keep')
      await spawnSupervisor(desired.name, paths, { isOneOfSeveral })
    },
  }
}
