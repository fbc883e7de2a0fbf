/** Calls that start, save and stop the VM, serialized, and the call that enlarges its disk. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Control } from '../api/api.ts'
import { setGuestClock } from '../machine/guest-clock.ts'
import type { Parts } from '../parts.ts'

type VmCall = 'startVm' | 'resumeVm' | 'parkVm' | 'unparkVm' | 'suspendVm' | 'stopVm' | 'resizeDisk'

export function vmCalls({ vm, network, engine, channel, requests, log }: Parts): Pick<Control, VmCall> {
  const { held } = vm
  return {
    startVm: (spec) => requests.run(() => vm.start(spec)),
    resumeVm: (spec) =>
      requests.run(async () => {
        const result = await vm.resume(spec, network.settings)
        if (result.resumed) await setGuestClock(held.machine, log)
        return result
      }),
    parkVm: (spec, files) => requests.run(() => vm.park(spec, files)),
    unparkVm: (spec, { qemuVersion, state, file, memory }) =>
      requests.run(() => vm.unpark(spec, { qemuVersion, state }, { state: file, memory })),
    suspendVm: ({ guest }) =>
      requests.run(async () => {
        const began = performance.now()
        const info = await engine.stateOf(held, channel.engineSocket)
        const running = info.state === 'up' ? info.running : []
        const { settings } = network
        if (settings === undefined) throw new DesktopError('vm/not-running', 'the VM has no network yet')
        const { state } = await vm.suspend({ network: settings, guest, running })
        return { bytes: state.bytes, milliseconds: Math.round(performance.now() - began) }
      }),
    stopVm: ({ deadlineMs }) => requests.run(() => held.stop(deadlineMs)),
    resizeDisk: async (bytes) => {
      const machine = held.running()
      const now = await machine.dataDiskBytes()
      // Shrinking would lose the data beyond the new end.
      if (bytes < now)
        throw new DesktopError('disk/failed', `the data disk has ${now} bytes and cannot be shrunk`)
      await machine.resizeDataDisk(bytes)
    },
  }
}
