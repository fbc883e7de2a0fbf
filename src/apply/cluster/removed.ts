/** Machines that a file no longer has, or no longer has on the host where they are. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Note } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import { allKnownHosts, forgetCluster } from '../environment/known-hosts.ts'
import { leftMachines } from '../environment/left-machines.ts'
import { isMachineOf } from '../environment/names.ts'
import { ownerOf } from '../remote/request.ts'
import type { HostSessions } from '../remote/sessions.ts'

export interface RemovedMachine {
  /** `m.3`. */
  machine: string
  /** Name of the host where it is; undefined: this host. */
  host: string | undefined
  environmentId: string
  /** Deletes it with its data disk. */
  remove(): Promise<void>
}

/** @param unknown machines on hosts whose failure has a note already */
export async function removedMachines(
  cluster: string,
  environments: readonly Environment[],
  unknown: readonly Environment[],
  sessions: HostSessions,
): Promise<{ removed: readonly RemovedMachine[]; notes: readonly Note[] }> {
  const [first] = environments
  if (first === undefined) return { removed: [], notes: [] }
  const keptOn = (host: MachineHost | undefined): string[] =>
    environments.filter((one) => one.host?.name === host?.name).map(({ desired }) => desired.name)
  const { destroyEnvironment } = await import('../run/destroy.ts')
  const here = (await leftMachines(cluster, first, keptOn(undefined))).map(
    ({ machine, name, paths, record }): RemovedMachine => ({
      machine,
      host: undefined,
      environmentId: record.id,
      remove: () => destroyEnvironment(name, paths),
    }),
  )
  const notes: Note[] = []
  const there: RemovedMachine[] = []
  const owner = ownerOf(first)
  for (const host of await hostsOf(cluster, owner, first.hosts ?? [])) {
    const kept = keptOn(host)
    try {
      const session = await sessions.of(host)
      const names = checkedLeft(host, cluster, kept, await session.call('left', { cluster, owner, kept }))
      if (names.length === 0 && kept.length === 0) await forgetCluster(host, cluster)
      there.push(
        ...names.map((name) => ({
          machine: name.slice(cluster.length + 1),
          host: host.name,
          environmentId: `${host.name}:${name}`,
          remove: async () => {
            await session.call('destroy', { name, owner })
          },
        })),
      )
    } catch (error) {
      if (!(error instanceof DesktopError) || !error.code.startsWith('hosts/')) throw error
      if (unknown.some((one) => one.host?.name === host.name)) continue
      notes.push(leftNote(cluster, error))
    }
  }
  return { removed: [...here, ...there], notes }
}

function leftNote(cluster: string, { code, message, hint }: DesktopError): Note {
  const more = hint === undefined ? {} : { hint }
  return code === 'hosts/unreachable'
    ? {
        level: 'warning',
        about: 'hosts',
        message: `${message}; machines of ${cluster} may be left there`,
        drift: true,
        ...more,
      }
    : { level: 'error', about: 'hosts', message, ...more }
}

/** Throws `hosts/reply` for a name that the file cannot have left there: the other host may be compromised. */
export function checkedLeft(
  { name: host }: Pick<MachineHost, 'name'>,
  cluster: string,
  kept: readonly string[],
  names: readonly string[],
): readonly string[] {
  const wrong = names.find(
    (name, index) => !isMachineOf(cluster, name) || kept.includes(name) || names.indexOf(name) !== index,
  )
  if (wrong === undefined) return names
  throw new DesktopError('hosts/reply', `${host}: desktop there lists ${wrong} as a machine to remove`)
}

/** Hosts that have, or may still have, machines of the file. */
export async function hostsOf(
  cluster: string,
  owner: string,
  hosts: readonly MachineHost[],
): Promise<readonly MachineHost[]> {
  const known = (await allKnownHosts()).filter(({ clusters }) => clusters[cluster] === owner)
  return known.map(
    ({ ssh, name }) => hosts.find((one) => JSON.stringify(one.ssh) === JSON.stringify(ssh)) ?? { name, ssh },
  )
}
