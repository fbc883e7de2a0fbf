/** The swarm of a file: its machines as members, and the sockets of their engines. */
import type { Desired } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { ObservedSwarm, SwarmPlace } from '../../observe/swarm.ts'
import type { Member } from '../../reconcile/swarm/members.ts'
import { standby } from '../../reconcile/swarm/standby.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'
import type { Environment } from '../environment/environment.ts'

export const machineName = ({ desired }: { desired: Desired }): string =>
  desired.machine?.name ?? desired.name

/** In the file. */
export const isManager = ({ desired }: { desired: Desired }): boolean =>
  desired.machine?.swarm?.role === 'manager'

export const memberOf = ({ desired }: { desired: Desired }): Member => ({
  machine: machineName({ desired }),
  kind: desired.machine?.kind ?? '',
  address: desired.network.address,
  swarm: desired.machine?.swarm,
})

/**
 * Empty for a file without a swarm, so that no engine is queried.
 * @param up machines whose engines respond
 */
export function swarmPlaces(
  environments: readonly Pick<Environment, 'desired' | 'dockerSocket'>[],
  up: ReadonlySet<string>,
): SwarmPlace[] {
  if (environments.every(({ desired }) => desired.machine?.swarm === undefined)) return []
  return environments.map((environment) => ({
    machine: machineName(environment),
    socket: environment.dockerSocket,
    isUp: up.has(machineName(environment)),
    isManager: isManager(environment),
    address: environment.desired.network.address,
  }))
}

/** For each machine, the service ports that another machine of its host already listens on. */
export function standbyOf(
  all: readonly { host: string | undefined; ports: SupervisorFacts['ports'] }[],
): ReadonlySet<string>[] {
  return all.map(({ host, ports }, index) =>
    standby(
      ports,
      all.flatMap((other, at) => (at === index || other.host !== host ? [] : other.ports)),
    ),
  )
}

/** Omits values that change by themselves, such as the leader. */
export function stableSwarm({ selves, nodes }: ObservedSwarm): unknown {
  return {
    selves: Object.fromEntries(
      Object.entries(selves).map(([machine, self]) => {
        const { state, nodeId } = observedValue(self) ?? {}
        return [machine, [self.state, state, nodeId]]
      }),
    ),
    nodes: observedValue(nodes)?.nodes.map(({ id, role, availability, labels }) => ({
      id,
      role,
      availability,
      labels,
    })),
  }
}
