/** Machines that a file made and does not have any more. */
import { dirname } from 'node:path'
import { locateEnvironment } from '../../host/locate.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { claimingFile } from './claim.ts'
import type { Environment } from './environment.ts'
import { environmentNames } from './names.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface LeftMachine {
  /** `m.3`. */
  machine: string
  /** Of the environment. */
  name: string
  paths: EnvironmentPaths
  record: EnvironmentRecord
}

/** Of the environment of a file in the same folder. One whose record cannot be read is not known to be one. */
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
