/** User and group ids, as numbers or container names. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Container, Id, LinuxkitFile } from './types.ts'

export type Ids = ReadonlyMap<string, number>

const firstId = 100

/** Assigns an id to each container, in file order. */
export function containerIds({ onboot = [], onshutdown = [], services = [] }: LinuxkitFile): Ids {
  const containers: Container[] = [...onboot, ...onshutdown, ...services]
  return new Map(containers.map(({ name }, index) => [name, firstId + index]))
}

/** Returns an unsigned 32-bit number. Throws `linuxkit/bad-value` for an unknown name. */
export function numericId(id: Id | undefined, ids: Ids): number {
  if (id === undefined || id === '' || id === 'root') return 0
  if (typeof id !== 'string') return Number(BigInt.asUintN(32, BigInt(id)))
  const found = ids.get(id)
  if (found === undefined) {
    throw new DesktopError('linuxkit/bad-value', `no container is named "${id}", so it is not a user either`)
  }
  return found
}
