/** Machines on this host that a file created and no longer contains. */
import { locateEnvironment } from '../../host/locate.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { claimingFile, folderOf } from './claim.ts'
import { environmentNames } from './names.ts'
import { isOwnedBy } from './owner.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface LeftMachine {
  /** For example `m.3`. */
  machine: string
  /** Name of the environment. */
  name: string
  paths: EnvironmentPaths
  record: EnvironmentRecord
}

type IsOwn = (record: EnvironmentRecord) => boolean

/** Machines of a file on this host, known by its folder. */
export const ofFolder =
  (file: string | undefined): IsOwn =>
  (record) => {
    const claiming = claimingFile(record)
    return claiming !== undefined && file !== undefined && folderOf(claiming) === folderOf(file)
  }

/** Machines of a file on another host. */
export const ofOwners =
  (owners: readonly string[]): IsOwn =>
  ({ owner }) =>
    isOwnedBy(owner, owners)

/** A machine with an unreadable record is not included. @param kept environments that the file has */
export async function leftMachines(
  cluster: string,
  isOwn: IsOwn,
  kept: readonly string[],
): Promise<LeftMachine[]> {
  const names = (await environmentNames()).filter(
    (name) => name.startsWith(`${cluster}.`) && !kept.includes(name),
  )
  const found = await Promise.all(
    names.map(async (name) => {
      const paths = await locateEnvironment(name)
      const record = await readRecord(paths.record).catch(() => undefined)
      if (record?.cluster !== cluster || !isOwn(record)) return []
      return [{ machine: name.slice(cluster.length + 1), name, paths, record }]
    }),
  )
  return found.flat()
}
