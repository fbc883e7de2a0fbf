/** Machines that a file no longer has, or no longer has on the host where they are. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Note } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import { allKnownHosts, forgetFile } from '../environment/known-hosts.ts'
import { leftMachines, ofFolder, unreadableError } from '../environment/left-machines.ts'
import { lockEnvironment } from '../environment/lock.ts'
import { isMachineOf } from '../environment/names.ts'
import { ownersOf } from '../environment/owner.ts'
import { lockThere } from '../remote/lock.ts'
import { invalidReply } from '../remote/messages.ts'
import type { Replies } from '../remote/protocol.ts'
import type { HostSessions } from '../remote/sessions.ts'
import type { AssessedMachines } from './hosts.ts'
import { keptAt, knownPlaces, sessionAt } from './known-places.ts'

export interface RemovedMachine {
  /** `m.3`. */
  machine: string
  /** Name of the host where it is; undefined: this host. */
  host: string | undefined
  environmentId: string
  /** Deletes it with its data disk, under its lock. */
  remove(say: (line: string) => void): Promise<void>
}

/** Another command may be stopping it. */
const lockOptions = { command: 'desktop apply', timeoutMs: 60_000 } as const

export async function removedMachines(
  cluster: string,
  environments: readonly Environment[],
  { machines, unknown }: Pick<AssessedMachines, 'machines' | 'unknown'>,
  sessions: HostSessions,
): Promise<{ removed: readonly RemovedMachine[]; notes: readonly Note[] }> {
  const [first] = environments
  if (first === undefined) return { removed: [], notes: [] }
  const keptHere = environments.filter(({ host }) => host === undefined).map(({ desired }) => desired.name)
  const { destroyEnvironment } = await import('../run/destroy.ts')
  const leftHere = await leftMachines(cluster, ofFolder(first.file), keptHere)
  const here = leftHere.machines.map(
    ({ machine, name, paths, record }): RemovedMachine => ({
      machine,
      host: undefined,
      environmentId: record.id,
      remove: async (say) => {
        await using _lock = await lockEnvironment(paths, { ...lockOptions, say })
        await destroyEnvironment(name, paths)
      },
    }),
  )
  const notes = leftHere.unreadable.map((one) => unreadableNote(unreadableError(one)))
  const there: RemovedMachine[] = []
  const reached = new Map(
    machines.flatMap(({ environment: { host }, at }) =>
      host === undefined || at.kind === 'here' ? [] : [[host.name, at.session.hostId] as const],
    ),
  )
  const known = await allKnownHosts()
  const owners = await ownersOf(
    first,
    known.flatMap(({ files }) => files),
  )
  for (const place of knownPlaces(known, { cluster, owners, hosts: first.hosts ?? [], reached })) {
    const kept = keptAt(place, environments).map(({ desired }) => desired.name)
    try {
      const session = await sessionAt(place, cluster, sessions)
      const left = await session.call('left', { cluster, owners, kept })
      const { names, unreadable } = checkedLeft(place, cluster, kept, left)
      notes.push(...unreadable.map((one) => unreadableNote(unreadableError(one, place.name))))
      if ([...names, ...kept, ...unreadable].length === 0) await forgetFile(place.hostId, cluster, owners)
      there.push(
        ...names.map((name) => ({
          machine: name.slice(cluster.length + 1),
          host: place.name,
          environmentId: `${place.hostId}:${name}`,
          remove: async (say: (line: string) => void) => {
            await using _lock = await lockThere(sessions, place, name, { ...lockOptions, say })
            await session.call('destroy', { name, owners })
          },
        })),
      )
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      // The failure of a host with machines of the file has its own note.
      if (unknown.some((one) => one.host?.name === place.name)) continue
      notes.push(leftNote(cluster, error))
    }
  }
  return { removed: [...here, ...there], notes }
}

/** It is nobody's: the plan neither keeps nor removes it. */
const unreadableNote = ({ message, hint }: DesktopError): Note => ({
  level: 'warning',
  about: 'vms',
  message,
  ...(hint === undefined ? {} : { hint }),
  drift: true,
})

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
  host: Pick<MachineHost, 'name'>,
  cluster: string,
  kept: readonly string[],
  left: Replies['left'],
): Replies['left'] {
  const all = [...left.names, ...left.unreadable.map(({ name }) => name)]
  const wrong = all.find(
    (name, index) => !isMachineOf(cluster, name) || kept.includes(name) || all.indexOf(name) !== index,
  )
  if (wrong === undefined) return left
  throw invalidReply(host, `lists ${wrong} as a machine to remove`)
}
