/** Facts about a machine that the plan of all machines needs. */
import { observedValue } from '../../observation.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'
import type { Assessment } from './assess.ts'

export interface MachineFacts {
  /** Memory of its host. */
  hostMemoryBytes: number
  isRunning: boolean
  isEngineUp: boolean
  ports: SupervisorFacts['ports']
}

export const machineFacts = ({ observed }: Pick<Assessment, 'observed'>): MachineFacts => ({
  hostMemoryBytes: observed.host.limits.memoryBytes,
  isRunning: observedValue(observed.vm)?.vm.state === 'running',
  isEngineUp: observed.engine.state === 'present',
  ports: observedValue(observed.supervisor)?.ports ?? [],
})
