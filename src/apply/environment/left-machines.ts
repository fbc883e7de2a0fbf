/** Machines that a file created and no longer contains. */
import { dirname } from 'node:path'
import { locateEnvironment } from '../../host/locate.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { claimingFile } from './claim.ts'
import type { Environment } from './environment.ts'
import { environmentNames } from './names.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface LeftMachine {
  /** For example `m.3`. */
  machine: string
  /** Name of the environment. */
  name: string
  paths: EnvironmentPaths
  record: EnvironmentRecord
}

/**
 * Machines of an environment whose file is in the same folder. A machine with an unreadable record is not
 * included.
 */
export async function leftMachines(
  cluster: string,
  { file }: Pick<Environment, 'file'>,
  kept: readonly string[],
): Promise<LeftMachine[]> {
  const names = (await environmentNames()).filter(
    (name) => name.startsWith(`${cluster}.`) && !kept.includes(name),
  )
  const found = await Promise.all(
    names.map(async (name) => {
      const paths = await locateEnvironment(name)
      const record = await readRecord(paths.record).catch(() => undefined)
      const claiming = claimingFile(record)
      if (record?.cluster !== cluster || claiming === undefined) return []
      if (file === undefined || dirname(claiming) !== dirname(file)) return []
      return [{ machine: name.slice(cluster.length + 1), name, paths, record }]
    }),
  )
  return found.flat()
}
