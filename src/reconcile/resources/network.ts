/** The addresses of the forwarder's link. The guest has them by DHCP, so a change restarts the VM. */
import type { NetworkSettings } from '../../config/desired.ts'
import type { Observed } from '../../observe/observed.ts'
import { known } from '../../reading.ts'
import type { Cause } from '../plan.ts'
import { rangeNotes } from '../preflight.ts'
import { differences } from '../values.ts'
import { change, inSync, missing, operation, type Resource } from './resource.ts'

/** Keys that differ from what the supervisor was told; one for all when it was told nothing. */
export function networkCauses(desired: NetworkSettings, observed: Observed): Cause[] {
  const told = known(observed.supervisor)?.network
  return told === undefined ? [missing('network', desired.subnet)] : differences('network', told, desired)
}

export const network: Resource = ({ desired }, observed) => {
  const causes = networkCauses(desired.network, observed)
  const notes = rangeNotes(desired, observed.host.routes)
  if (causes.length === 0) {
    // A running network stays, even when a clashing route (a VPN, say) came up after it.
    return { ...inSync, notes: notes.map((note) => ({ ...note, level: 'warning' as const })) }
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
    notes,
  )
}
