/** The running QEMU. Without a supervisor, it is identified by the last supervisor's record and the process table. */
import { commandLineOf, isAlive } from '../host/identity.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { absent, type Observation, present, unknown } from '../observation.ts'
import type { SupervisorFacts } from '../supervisor/api/api.ts'
import { recordFacts } from '../supervisor/machine/vm-status.ts'
import { readState } from '../supervisor/process/recorded-requests.ts'
import { withoutPlaces, withoutState } from '../vm/qemu/argv.ts'
import type { VmStatus } from '../vm/spec.ts'
import { readSaved } from '../vm/suspend/saved.ts'
import type { ObservedVm } from './observed.ts'

export async function observeVm(
  paths: Pick<EnvironmentPaths, 'supervisorState' | 'suspendedMachine'>,
  supervisor: Observation<SupervisorFacts>,
): Promise<Observation<ObservedVm>> {
  const vm = supervisor.state === 'present' ? supervisor.value.vm : await recordedVm(paths)
  if (vm.state === 'absent') return present(await suspendedVm(paths))
  const argv = 'pid' in vm ? await argvOf(vm.pid) : absent
  return present({ vm, argv })
}

async function argvOf(pid: number): Promise<Observation<readonly string[]>> {
  const argv = await commandLineOf(pid)
  if (argv === undefined) return unknown('its command line cannot be read')
  // A resumed VM counts as the same machine.
  return present(withoutPlaces(withoutState(argv)))
}

async function suspendedVm({
  suspendedMachine,
}: Pick<EnvironmentPaths, 'suspendedMachine'>): Promise<ObservedVm> {
  const saved = await readSaved(suspendedMachine)
  if (saved.state !== 'present')
    return { vm: { state: 'absent' }, argv: absent, ...(saved.state === 'unknown' && { saved }) }
  const { savedAt: since, spec, state, running, network, guest } = saved.value
  const { accelerator, hashes, argv } = spec
  return {
    vm: { state: 'suspended', since, accelerator, hashes, bytes: state.bytes, running },
    argv: present(withoutPlaces(argv)),
    saved: present({ network, guest }),
  }
}

/** QEMU outlives its supervisor; the next supervisor adopts it. */
async function recordedVm({ supervisorState }: Pick<EnvironmentPaths, 'supervisorState'>): Promise<VmStatus> {
  const { vm } = await readState(supervisorState)
  if (vm === undefined || !(await isAlive(vm.identity))) return { state: 'absent' }
  const state = vm.stopping === true ? 'stopping' : 'running'
  return { state, ...(await recordFacts(vm)), linkUp: false, agentUp: false }
}
