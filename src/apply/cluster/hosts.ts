/** Assesses the machines of a file, wherever they are. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Note } from '../../reconcile/plan.ts'
import { type Environment, nameRange } from '../environment/environment.ts'
import { forwardSockets, placesThere, rememberPlaces } from '../environment/known-hosts.ts'
import { peerPlaces } from '../environment/peer-places.ts'
import { assess } from '../plan/assess.ts'
import { requireForwarding } from '../remote/forwarding.ts'
import type { Requests } from '../remote/protocol.ts'
import type { HostSession } from '../remote/session.ts'
import type { HostSessions } from '../remote/sessions.ts'
import { type ClusterMachine, machineHere, machineThere } from './machine.ts'
import { machineName } from './swarm.ts'

export interface AssessedMachines {
  /** In file order. */
  machines: readonly ClusterMachine[]
  /** On hosts that are unreachable. */
  unknown: readonly Environment[]
  notes: readonly Note[]
}

/** Plans the machines here; asks the other hosts for plans of theirs. */
export async function assessMachines(
  environments: readonly Environment[],
  asked: Pick<Requests['assess'], 'only' | 'offline'>,
  sessions: HostSessions,
): Promise<AssessedMachines> {
  const failures = new Map<string, HostFailure>()
  const attempt = async <T>(host: MachineHost, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DesktopError) || !error.code.startsWith('hosts/')) throw error
      const machines = environments.filter((one) => one.host?.name === host.name).map(machineName)
      failures.set(host.name, { host, error, machines })
      return undefined
    }
  }
  const hosts = new Map(environments.flatMap(({ host }) => (host === undefined ? [] : [[host.name, host]])))
  // First, because machines here need the places of those there.
  await Promise.all(
    [...hosts.values()].map((host) =>
      attempt(host, async () => {
        const session = await sessions.of(host)
        await Promise.all([requireForwarding(session), remember(session, environments)])
      }),
    ),
  )
  const there = await placesThere(environments.map(({ desired }) => desired))
  const found = await Promise.all(
    environments.map(async (environment) => {
      const { host } = environment
      if (host === undefined) return machineHere(await assess(withPeersThere(environment, there)))
      if (failures.has(host.name)) return undefined
      return await attempt(host, async () => {
        const machine = await machineThere(environment, await sessions.of(host), asked).catch(
          (error: unknown) => {
            throw withNameRange(error, environment)
          },
        )
        // Also while its engine is down: a step may start it.
        await forwardSockets(environment.desired.name, host)
        return machine
      })
    }),
  )
  return {
    // A host that failed midway is unknown as a whole.
    machines: found.filter(
      (one) => one !== undefined && !failures.has(one.environment.host?.name ?? ''),
    ) as ClusterMachine[],
    unknown: environments.filter(({ host }) => host !== undefined && failures.has(host.name)),
    notes: [...failures.values()].map(failureNote),
  }
}

/** The other host does not have the file. */
function withNameRange(error: unknown, environment: Environment): unknown {
  if (!(error instanceof DesktopError) || error.code !== 'state/name-claimed') return error
  const { code, message, hint } = error
  const at = nameRange(environment)
  return new DesktopError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}

/** Adds peers whose sockets were not known when the file was read. */
function withPeersThere(
  environment: Environment,
  there: Awaited<ReturnType<typeof placesThere>>,
): Environment {
  const { machine } = environment.desired
  if (machine === undefined || there.size === 0) return environment
  const known = new Map((environment.peers ?? []).map(({ address, control }) => [address, control]))
  const here = machine.peers.flatMap(({ environment: name, address }) => {
    const control = known.get(address)
    return control === undefined ? [] : [[name, { sockets: { control } }] as const]
  })
  return { ...environment, peers: peerPlaces(machine, new Map(here), there) }
}

interface HostFailure {
  host: MachineHost
  error: DesktopError
  machines: readonly string[]
}

/** An unreachable host leaves its machines unknown; everything else is for the user to solve. */
function failureNote({ host, error, machines }: HostFailure): Note {
  const about = `hosts.${host.name}.ssh`
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  if (error.code !== 'hosts/unreachable') return { level: 'error', about, message: error.message, ...hint }
  const message = `${error.message}; ${machines.join(', ')} ${machines.length === 1 ? 'is' : 'are'} unknown and left as found`
  return { level: 'warning', about, message, drift: true, ...hint }
}

/** Where the machines have their sockets. */
async function remember(session: HostSession, environments: readonly Environment[]): Promise<void> {
  const names = environments
    .filter(({ host }) => host?.name === session.host.name)
    .map(({ desired }) => desired.name)
  const places = await session.call('places', { names })
  await rememberPlaces(
    session.host,
    environments[0]?.desired.machine?.cluster ?? '',
    Object.fromEntries(names.flatMap((name) => (places[name] === undefined ? [] : [[name, places[name]]]))),
  )
}
