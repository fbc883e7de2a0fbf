/** What is told of a machine, derived at the time of asking. */
import type { Machine, MachineRecord } from '../vm/machine.ts'
import type { VmSpec, VmState } from './api.ts'

export async function stateOf(machine: Machine): Promise<VmState> {
  const run = await machine.runState().catch(() => 'paused' as const)
  const { linkUp, agentUp } = machine
  const booted = agentUp ? 'running' : 'starting'
  const state = machine.stopping ? 'stopping' : run === 'running' ? booted : run
  return { state, ...factsOf(machine), linkUp, agentUp }
}

export const muteState = (record: MachineRecord): VmState => ({
  state: 'mute',
  ...factsOf(record),
  linkUp: false,
  agentUp: false,
})

function factsOf({ spec, identity, startedAt }: MachineRecord): {
  pid: number
  startedAt: string
  accelerator: VmSpec['accelerator']
  hashes: VmSpec['hashes']
} {
  return { pid: identity.pid, startedAt, accelerator: spec.accelerator, hashes: spec.hashes }
}
