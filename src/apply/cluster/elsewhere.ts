/** Existing machines of a file on other hosts, for commands that stop or delete them, and those whose owner is unknown. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { disconnect } from '../../host/ssh/ssh.ts'
import type { Environment, EnvironmentOptions } from '../environment/environment.ts'
import { allKnownHosts, forgetFile, knownFiles } from '../environment/known-hosts.ts'
import { leftMachines, ofFolder, unreadableError } from '../environment/left-machines.ts'
import { clusterOf, ownersOf } from '../environment/owner.ts'
import { noEnvironment } from '../environment/require-environment.ts'
import { isHostLost } from '../remote/messages.ts'
import type { HostSession } from '../remote/session.ts'
import type { HostSessions } from '../remote/sessions.ts'
import { knownPlaces, sessionAt } from './known-places.ts'
import { checkedLeft } from './removed.ts'

export interface MachineElsewhere {
  host: MachineHost
  session: HostSession
  /** Name of the environment there. */
  name: string
  owners: readonly string[]
}

export interface Elsewhere {
  /** Environment name of the file. */
  cluster: string
  machines: readonly MachineElsewhere[]
  /**
   * Of hosts that are unreachable, and of machines that failed or whose owner is unknown, also on this host; to be thrown
   * when the others are done.
   */
  failures: readonly DesktopError[]
  /** Ids of hosts on which nothing failed so far. */
  answered: ReadonlySet<string>
}

const nothing: Elsewhere = { cluster: '', machines: [], failures: [], answered: new Set() }

/** @param environments from `machinesOfFile`; none for a name, which selects an environment of this host */
export async function machinesElsewhere(
  options: EnvironmentOptions,
  environments: readonly Environment[],
  sessions: HostSessions,
): Promise<Elsewhere> {
  const [first] = environments
  if (first === undefined) return nothing
  const cluster = clusterOf(first.desired)
  const known = await allKnownHosts()
  const owners = await ownersOf(
    first,
    known.flatMap(({ files }) => files),
  )
  const { host: only, desired } = first
  if (options.machine !== undefined) {
    if (only === undefined) return nothing
    const session = await sessions.of(only)
    return {
      cluster,
      machines: [{ host: only, session, name: desired.name, owners }],
      failures: [],
      answered: new Set(),
    }
  }
  const names = environments.map((one) => one.desired.name)
  const here = await leftMachines(cluster, ofFolder(first.file), names)
  const machines: MachineElsewhere[] = []
  const failures = here.unreadable.map((one) => unreadableError(one))
  const answered = new Set<string>()
  for (const host of knownPlaces(known, { cluster, owners, hosts: first.hosts ?? [] })) {
    try {
      const session = await sessionAt(host, cluster, sessions)
      const left = await session.call('left', { cluster, owners, kept: [] })
      const found = checkedLeft(host, cluster, [], left)
      machines.push(...found.names.map((name) => ({ host, session, name, owners })))
      failures.push(...found.unreadable.map((one) => unreadableError(one, host.name)))
      if (found.unreadable.length === 0) answered.add(host.hostId)
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      failures.push(error)
    }
  }
  return { cluster, machines, failures, answered }
}

/**
 * Works on one machine after the other. A failure does not prevent the others, and is added to the failures; a host whose
 * connection ended is not tried again.
 */
export async function forEachElsewhere(
  elsewhere: Elsewhere,
  work: (machine: MachineElsewhere) => Promise<void>,
): Promise<Elsewhere> {
  const failures = [...elsewhere.failures]
  const answered = new Set(elsewhere.answered)
  const lost = new Set<HostSession>()
  for (const machine of elsewhere.machines) {
    if (lost.has(machine.session)) continue
    try {
      await work(machine)
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      if (isHostLost(error)) lost.add(machine.session)
      failures.push(error)
      answered.delete(machine.session.hostId)
    }
  }
  return { ...elsewhere, failures, answered }
}

/** Throws if there is no machine to stop or delete, here or elsewhere. */
export async function requireSome(here: readonly unknown[], elsewhere: Elsewhere): Promise<void> {
  if (here.length > 0 || elsewhere.machines.length > 0) return
  requireAll(elsewhere)
  throw await noEnvironment(elsewhere.cluster)
}

/** After all machines of the file were deleted; a host that may still have one is remembered. */
export async function forgetElsewhere(
  options: EnvironmentOptions,
  [first]: readonly Environment[],
  { cluster, answered }: Elsewhere,
): Promise<void> {
  if (options.machine !== undefined || first === undefined || answered.size === 0) return
  const owners = await ownersOf(first, await knownFiles())
  for (const hostId of answered)
    for (const { ssh } of await forgetFile(hostId, cluster, owners)) await disconnect(ssh)
}

/** Throws the first failure, with the others. */
export function requireAll({ failures: [first, ...others] }: Elsewhere): void {
  if (first === undefined) return
  const { code, message, hint } = first
  throw new DesktopError(code, message, { others, ...(hint === undefined ? {} : { hint }) })
}
