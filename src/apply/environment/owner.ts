/** Owner of machines on other hosts: the state directory and the folder of their file. */
import { hostname } from 'node:os'
import type { Desired } from '../../config/desired.ts'
import { hostId } from '../../host/host-id.ts'
import { folderOf, stillHas } from './claim.ts'

/** `laptop/0123456789abcdef:/home/me/lab`: the host name is for people and may change. */
export const ownerOf = async (file: string): Promise<string> =>
  `${hostname()}/${await hostId()}:${folderOf(file)}`

/** Environment name of the file. Its machines are known by it, also once it has `vm` in place of `vms`. */
export const clusterOf = ({ name, machine }: Pick<Desired, 'name' | 'machine'>): string =>
  machine?.cluster ?? name

const identity = (owner: string): string => owner.slice(owner.indexOf('/') + 1)

/** Whether a recorded owner is one of these. */
export const isOwnedBy = (recorded: string | undefined, owners: readonly string[]): boolean =>
  recorded !== undefined && owners.some((one) => identity(one) === identity(recorded))

/** A file that has, or had, machines on another host. */
export interface KnownFile {
  /** Environment name of the file. */
  cluster: string
  owner: string
  /** Absolute path. */
  file: string
  /** The host: its ssh target may reach another one later. */
  hostId: string
}

/** Whether one of these owners has, or had, machines of this environment by that file. */
export const isFileOf = (
  one: Pick<KnownFile, 'cluster' | 'owner'>,
  cluster: string | undefined,
  owners: readonly string[],
): boolean => one.cluster === cluster && isOwnedBy(one.owner, owners)

/** The file's own owner, then those that it takes over: earlier files that were moved, or no longer have the cluster. */
export async function ownersOf(
  { file = '', desired }: { file?: string | undefined; desired: Pick<Desired, 'name' | 'machine'> },
  known: readonly KnownFile[],
): Promise<readonly string[]> {
  const own = await ownerOf(file)
  const cluster = clusterOf(desired)
  const others = new Map(
    known
      .filter((one) => one.cluster === cluster && !isOwnedBy(one.owner, [own]))
      .map((one) => [one.owner, one]),
  )
  const isFree = await Promise.all(
    [...others.values()].map(async (one) => !(await stillHas(one.file, one.cluster))),
  )
  return [own, ...[...others.keys()].filter((_, index) => isFree[index])]
}
