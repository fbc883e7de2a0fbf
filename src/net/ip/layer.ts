/** What ICMP and UDP find around them: addresses, the way out, the neighbours, the host and the time. */
import type { DropCounters } from '../counters.ts'
import type { LinkAddresses } from '../settings.ts'
import type { StackHost } from '../stack-host.ts'
import type { Neighbour, Neighbours } from './neighbours.ts'
import type { IpOutput } from './output.ts'

export interface IpLayer {
  readonly addresses: LinkAddresses
  readonly drops: DropCounters
  readonly neighbours: Neighbours
  readonly output: IpOutput
  readonly host: StackHost
  readonly nowMs: number
  /** Asks by ARP for a guest that is not known yet. */
  resolve(neighbour: Neighbour): void
}

/** What the host's loopback sends comes from the address by which the guest knows it. */
export function asGuestKnows(layer: IpLayer, address: number): number {
  return address >>> 24 === 127 ? layer.addresses.host : address
}
