/** Effects on the supervisor process: started, and replaced while QEMU keeps running. */
import { known } from '../../../reading.ts'
import { endSupervisor, spawnSupervisor } from '../../../supervisor/spawn.ts'
import type { Assessment } from '../../plan/assess.ts'
import type { Effects } from '../effects.ts'

type SupervisorEffects = Pick<Effects, 'startSupervisor' | 'replaceSupervisor'>

export function supervisorEffects({
  environment: { desired, paths },
  observed,
}: Pick<Assessment, 'environment' | 'observed'>): SupervisorEffects {
  return {
    startSupervisor: async () => {
      await spawnSupervisor(desired.name, paths)
    },
    replaceSupervisor: async () => {
      await endSupervisor(paths, known(observed.supervisor)?.pid, 'keep')
      await spawnSupervisor(desired.name, paths)
    },
  }
}
