/** Addresses of the forwarder's link. The guest gets them by DHCP, so a change restarts the VM. */
import { overlap, parseSubnet } from '../../config/addresses.ts'
import type { NetworkSettings } from '../../config/desired.ts'
import { networkAsWritten } from '../../config/ipv6-network.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Note } from '../plan.ts'
import { rangeNotes } from '../preflight.ts'
import { differences } from '../values.ts'
import { change, inSync, missing, operation, type Resource } from './resource.ts'

/** Keys that differ from the supervisor's record; a single cause if it has none. */
export function networkCauses(desired: NetworkSettings, observed: Observed): Cause[] {
  const told = observedValue(observed.supervisor)?.network
  return told === undefined
    ? [missing('network', desired.subnet)]
    : differences('network', networkAsWritten(told), networkAsWritten(desired))
}

export const network: Resource = ({ desired }, observed) => {
  const causes = networkCauses(desired.network, observed)
  const notes = rangeNotes(desired, observed.host.routes)
  const clashes = containerClashes(desired.network.subnet, observed)
  if (causes.length === 0) {
    // A running network is kept, even if a conflicting route (e.g. a VPN) was added later.
    return {
      ...inSync,
      notes: [...notes.map((note) => ({ ...note, level: 'warning' as const })), ...clashes],
    }
  }
  return change(
    [
      operation({
        kind: 'network/set',
        subject: desired.network.subnet,
        causes,
        after: ['supervisor/start', 'supervisor/replace', 'vm/stop'],
      }),
    ],
    [...notes, ...clashes],
  )
}

/** Docker networks that overlap the VM's own network. */
function containerClashes(subnet: string, { containerNetworks }: Observed): Note[] {
  const own = parseSubnet(subnet)
  return (observedValue(containerNetworks) ?? []).flatMap(({ name, subnets }) =>
    subnets.flatMap((text): Note[] => {
      const other = parseSubnet(text)
      if (own === undefined || other === undefined || !overlap(own, other)) return []
      return [
        {
          level: 'warning',
          about: 'network.subnet',
          message: `the container network ${name} (${text}) overlaps ${subnet}: its containers cannot reach this host or the gateway`,
          hint: `remove it with \`docker network rm ${name}\`, or choose another network.subnet`,
          drift: true,
        },
      ]
    }),
  )
}
