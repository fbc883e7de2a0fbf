/** Machines on this host that a file created and no longer contains. */
import { existsSync } from 'node:fs'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { locateEnvironment } from '../../host/locate.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { claimingFile, folderOf } from './claim.ts'
import { environmentNames, isMachineOf } from './names.ts'
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

/** By its name it may be a machine of the file, but its owner is unknown. */
export interface UnreadableMachine {
  name: string
  reason: string
}

interface LeftMachines {
  machines: readonly LeftMachine[]
  unreadable: readonly UnreadableMachine[]
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

/** @param kept environments that the file has */
export async function leftMachines(
  cluster: string,
  isOwn: IsOwn,
  kept: readonly string[],
): Promise<LeftMachines> {
  const names = (await environmentNames()).filter(
    (name) => isMachineOf(cluster, name) && !kept.includes(name),
  )
  const found = await Promise.all(names.map((name) => look(name)))
  return {
    machines: found.flatMap((one) =>
      'record' in one && one.record.cluster === cluster && isOwn(one.record)
        ? [{ ...one, machine: one.name.slice(cluster.length + 1) }]
        : [],
    ),
    unreadable: found.flatMap((one) => ('reason' in one && one.reason !== undefined ? [one] : [])),
  }
}

type Look =
  | { name: string; paths: EnvironmentPaths; record: EnvironmentRecord }
  | { name: string; reason: string }
  /** Nothing was applied. */
  | { name: string; reason: undefined }

async function look(name: string): Promise<Look> {
  try {
    const paths = await locateEnvironment(name)
    const record = await readRecord(paths.record)
    if (record !== undefined) return { name, paths, record }
    const reason = existsSync(paths.dataDisk) ? `${paths.dataDisk} has no record` : undefined
    return { name, reason }
  } catch (error) {
    return { name, reason: messageOf(error) }
  }
}

/** @param host where it is; undefined: this host */
export function unreadableError({ name, reason }: UnreadableMachine, host?: string): DesktopError {
  const [on, there] = host === undefined ? ['', ''] : [` on ${host}`, ' there']
  return new DesktopError('state/unreadable', `the owner of ${name}${on} is unknown: ${reason}`, {
    hint: `repair the file; if nobody needs the machine:${there} desktop destroy ${name}`,
  })
}
