/** Resumes a saved machine if its hardware and files are unchanged. */
import type { NetworkSettings } from '../../config/desired.ts'
import { hostCpu } from '../../host/cpu.ts'
import type { MachineOptions } from '../driver.ts'
import type { QemuMachine } from '../qemu/machine.ts'
import { resumeSaved } from '../qemu/start.ts'
import type { VmSpec } from '../spec.ts'
import { discardSaved, markOf, obstacle, readSaved, type SavedFiles } from './saved.ts'

/** Throws with the reason, before the guest runs, if it cannot be resumed. */
export async function resumeMachine(
  spec: VmSpec,
  network: NetworkSettings | undefined,
  options: MachineOptions & { saved: SavedFiles; dataDisk: string },
): Promise<QemuMachine> {
  const { saved: files, dataDisk } = options
  const reading = await readSaved(files.manifest)
  if (reading.state === 'absent') throw new Error('there is none')
  if (reading.state === 'unknown') throw new Error(reading.reason)
  const why = obstacle(reading.value, { spec, hostCpu: hostCpu(), disk: await markOf(dataDisk), network })
  if (why !== undefined) throw new Error(why)
  // Once resumed, the state no longer matches the data disk.
  const commit = (): Promise<void> => discardSaved(files)
  const machine = await resumeSaved(spec, reading.value, files, { ...options, commit })
  try {
    await machine.requireRunning()
    return machine
  } catch (error) {
    await machine.quit()
    await machine[Symbol.asyncDispose]()
    throw error
  }
}
