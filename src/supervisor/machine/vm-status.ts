/** The reported state of a machine, derived on demand. */
import type { Machine } from '../../vm/driver.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { shareStates } from '../../vm/share/servers.ts'
import type { VmStatus } from '../../vm/spec.ts'

export async function stateOf(machine: Machine): Promise<VmStatus> {
  const run = await machine.runState().catch(() => 'paused' as const)
  const { linkUp, agentUp } = machine
  const booted = agentUp ? 'running' : machine.panic === undefined ? 'starting' : 'panicked'
  const state = machine.stopping ? 'stopping' : run === 'running' ? booted : run
  return { state, ...(await recordFacts(machine)), linkUp, agentUp }
}

export const muteState = async (record: MachineRecord): Promise<VmStatus> => ({
  state: 'mute',
  ...(await recordFacts(record)),
  linkUp: false,
  agentUp: false,
})

/** State of a machine whose accelerator failed: as its emulated successor will report it. */
export const replacedState = async (record: MachineRecord): Promise<VmStatus> => ({
  state: 'starting',
  ...(await recordFacts(record)),
  ...(record.spec.fallback === undefined ? {} : { accelerator: record.spec.fallback.spec.accelerator }),
  linkUp: false,
  agentUp: false,
})

type RecordFacts = Omit<Extract<VmStatus, { pid: number }>, 'state' | 'linkUp' | 'agentUp'>

/** Facts from the record and the process table, available even if the machine does not respond. */
export async function recordFacts(record: MachineRecord): Promise<RecordFacts> {
  const { spec, identity, startedAt } = record
  const { accelerator, hashes } = spec
  const shares = await shareStates(record)
  return { pid: identity.pid, startedAt, accelerator, hashes, ...(shares === undefined ? {} : { shares }) }
}
