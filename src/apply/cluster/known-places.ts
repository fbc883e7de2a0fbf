/** The other hosts with machines of a file. A host is known by its id, because names and ssh targets change. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { Environment } from '../environment/environment.ts'
import type { KnownHost } from '../environment/known-hosts.ts'
import { isFileOf } from '../environment/owner.ts'
import type { HostSession } from '../remote/session.ts'
import type { HostSessions } from '../remote/sessions.ts'

export interface KnownPlace extends MachineHost {
  hostId: string
  /** Names of the file for it; none if it has left the file. */
  names: readonly string[]
}

interface Wanted {
  cluster: string
  owners: readonly string[]
  /** Of the file. */
  hosts: readonly MachineHost[]
  /** Name in the file → id of the host that ssh reaches now. */
  reached?: ReadonlyMap<string, string>
}

/** Hosts that have, or may still have, machines of the file; each once, by a target of the file if one reaches it. Pure. */
export function knownPlaces(
  known: readonly KnownHost[],
  { cluster, owners, hosts, reached = new Map() }: Wanted,
): KnownPlace[] {
  const found = known.flatMap(({ name, ssh, files }) =>
    files
      .filter((one) => isFileOf(one, cluster, owners))
      .map(({ hostId }) => {
        const inFile = hosts.find((one) => targetText(one.ssh) === targetText(ssh))
        return { hostId, ssh, name: inFile?.name ?? `${name} (${targetText(ssh)})`, inFile }
      }),
  )
  return [...Map.groupBy(found, ({ hostId }) => hostId)].map(([hostId, same]) => {
    const now = hosts.filter(({ name }) => reached.get(name) === hostId)
    const named = [...now, ...same.flatMap(({ inFile }) => inFile ?? [])]
    const { name, ssh } = named[0] ?? same.at(-1)!
    return { hostId, name, ssh, names: [...new Set(named.map((one) => one.name))] }
  })
}

/** Machines that the file has there. Pure. */
export const keptAt = <E extends Pick<Environment, 'host'>>(
  { names }: Pick<KnownPlace, 'names'>,
  environments: readonly E[],
): E[] => environments.filter(({ host }) => host !== undefined && names.includes(host.name))

/** Throws `hosts/changed` if the target reaches another host now, and `hosts/unreachable` if none. */
export async function sessionAt(
  place: KnownPlace,
  cluster: string,
  sessions: HostSessions,
): Promise<HostSession> {
  const forget = `if that host no longer exists: desktop hosts forget ${place.hostId}`
  const session = await sessions.of(place).catch((error: unknown) => {
    if (!(error instanceof DesktopError) || error.code !== 'hosts/unreachable') throw error
    const hint = error.hint === undefined ? forget : `${error.hint}; ${forget}`
    throw new DesktopError(error.code, error.message, { hint })
  })
  if (session.hostId === place.hostId) return session
  const target = targetText(place.ssh)
  throw new DesktopError('hosts/changed', `${target} is not the host that has machines of ${cluster}`, {
    hint: `let ssh reach that host again; ${forget}`,
  })
}
