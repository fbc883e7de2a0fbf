/** The running QEMU. Without a supervisor it is known by what the last one recorded and the process table. */

import { commandLineOf, isAlive } from '../host/identity.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { absent, present, type Reading, unknown } from '../reading.ts'
import type { SupervisorFacts, VmState } from '../supervisor/api.ts'
import { readState } from '../supervisor/state.ts'
import type { ObservedVm } from './observed.ts'

export async function observeVm(
  paths: Pick<EnvironmentPaths, 'supervisorState'>,
  supervisor: Reading<SupervisorFacts>,
): Promise<Reading<ObservedVm>> {
  const vm = supervisor.state === 'present' ? supervisor.value.vm : await recordedVm(paths)
  const argv = 'pid' in vm ? await argvOf(vm.pid) : absent
  return present({ vm, argv })
}

async function argvOf(pid: number): Promise<Reading<readonly string[]>> {
  const argv = await commandLineOf(pid)
  return argv === undefined ? unknown('its command line cannot be read') : present(argv)
}

/** A QEMU outlives its supervisor; the next supervisor adopts it. */
async function recordedVm({ supervisorState }: Pick<EnvironmentPaths, 'supervisorState'>): Promise<VmState> {
  const { vm } = await readState(supervisorState)
  if (vm === undefined || !(await isAlive(vm.identity))) return { state: 'absent' }
  const { accelerator, hashes } = vm.spec
  return {
    state: 'running',
    pid: vm.identity.pid,
    startedAt: vm.startedAt,
    accelerator,
    hashes,
    linkUp: false,
    agentUp: false,
  }
}
