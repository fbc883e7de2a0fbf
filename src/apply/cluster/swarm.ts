/** The swarm of a file: its machines as members, and the sockets of their engines. */
import type { Desired } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { ObservedSwarm, SwarmPlace } from '../../observe/swarm.ts'
import type { Member } from '../../reconcile/swarm/members.ts'
import { standby } from '../../reconcile/swarm/standby.ts'
import type { Environment } from '../environment/environment.ts'
import type { Assessment } from '../plan/assess.ts'

export const machineName = ({ desired }: { desired: Desired }): string =>
  desired.machine?.name ?? desired.name

export const memberOf = ({ desired }: { desired: Desired }): Member => ({
  machine: machineName({ desired }),
  kind: desired.machine?.kind ?? '',
  address: desired.network.address,
  swarm: desired.machine?.swarm,
})

/** Empty for a file without a swarm, so that no engine is queried. */
export function swarmPlaces(
  all: readonly (Pick<Assessment, 'observed'> & {
    environment: Pick<Environment, 'desired' | 'dockerSocket'>
  })[],
): SwarmPlace[] {
  if (all.every(({ environment }) => environment.desired.machine?.swarm === undefined)) return []
  return all.map(({ environment, observed }) => ({
    machine: machineName(environment),
    socket: environment.dockerSocket,
    isUp: observed.engine.state === 'present',
  }))
}

/** For each machine, the service ports that another machine already listens on. */
export function standbyOf(all: readonly Pick<Observed, 'supervisor'>[]): ReadonlySet<string>[] {
  const ports = all.map(({ supervisor }) => observedValue(supervisor)?.ports ?? [])
  return ports.map((own, index) =>
    standby(
      own,
      ports.flatMap((others, other) => (other === index ? [] : others)),
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
