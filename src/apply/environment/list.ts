/** All environments of this user, as far as their state is known without reading their files. */
import { existsSync } from 'node:fs'
import { locateEnvironment } from '../../host/locate.ts'
import { type EnvironmentPaths, environmentPaths } from '../../host/paths.ts'
import { absent, observedValue } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'
import { observeVm } from '../../observe/vm.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { VmStatus } from '../../vm/spec.ts'
import { readSaved } from '../../vm/suspend/saved.ts'
import { latestGeneration } from '../history/generation.ts'
import { claimingFile } from './claim.ts'
import { environmentNames } from './names.ts'
import { readRecord } from './record.ts'
import { isThere } from './require-environment.ts'

export interface ListedEnvironment {
  name: string
  /**
   * State of the VM: `stopped` without a VM, `unknown` if its supervisor does not respond or its state is
   * unreadable.
   */
  state: Exclude<VmStatus['state'], 'absent' | 'exited'> | 'stopped' | 'unknown'
  /** The file that describes it, or the other host that applied it; none before the first complete apply. */
  file: string | undefined
  /** The file no longer exists. */
  lost: boolean
  /** Memory configured by the last apply. */
  memoryBytes: number | undefined
  disk: { allocatedBytes: number; virtualBytes: number } | undefined
  createdAt: string | undefined
}

/** Sorted by name; unreadable values are omitted. */
export async function listEnvironments(): Promise<ListedEnvironment[]> {
  return (await Promise.all((await environmentNames()).map(listed))).flat()
}

/** Empty for a folder that has only a lock. */
async function listed(name: string): Promise<ListedEnvironment[]> {
  const paths = await locateEnvironment(name).catch(() => environmentPaths(name))
  if (!(await isThere(paths))) return []
  const [state, record, generation, disk] = await Promise.all([
    stateOf(paths),
    readRecord(paths.record).catch(() => undefined),
    latestGeneration(paths.generationsDir).catch(() => undefined),
    readDisk(paths.dataDisk).catch(() => absent),
  ])
  const file = claimingFile(record)
  const found = observedValue(disk)
  return [
    {
      name,
      state,
      file: file ?? record?.owner,
      lost: record?.owner === undefined && (file === undefined || !existsSync(file)),
      memoryBytes: generation?.desired?.vm.memoryBytes,
      disk: found && { allocatedBytes: found.allocatedBytes, virtualBytes: found.virtualBytes },
      createdAt: record?.createdAt,
    },
  ]
}

async function stateOf(paths: EnvironmentPaths): Promise<ListedEnvironment['state']> {
  try {
    const control = await connectSupervisor(paths)
    const vm =
      control === undefined ? observedValue(await observeVm(paths, absent))?.vm : (await control.facts()).vm
    const state = vm?.state ?? 'absent'
    if (state !== 'absent' && state !== 'exited') return state
    return (await readSaved(paths.suspendedMachine)).state === 'present' ? 'suspended' : 'stopped'
  } catch {
    return 'unknown'
  }
}
