/** What ICMP and UDP find around them: addresses, the way out, the neighbours, the host and the time. */
import { isIpv6 } from '../core/address-table.ts'
import type { DropCounters } from '../core/counters.ts'
import type { QuotedFlow, QuotedSegment } from '../core/flow.ts'
import type { Neighbour, Neighbours } from '../core/neighbours.ts'
import type { LinkAddresses } from '../core/settings.ts'
import type { Egress } from '../egress/egress.ts'
import type { IpOutput } from '../ipv4/output.ts'
import type { Ip6 } from '../ipv6/ipv6.ts'
import type { StackHost } from '../stack-host.ts'

export interface IpLayer {
  readonly addresses: LinkAddresses
  readonly drops: DropCounters
  readonly neighbours: Neighbours
  readonly output: IpOutput
  /** Undefined: IPv6 is off. */
  readonly ip6: Ip6 | undefined
  readonly host: StackHost
  readonly egress: Egress
  readonly nowMs: number
  /** Asks by ARP or NDP for a guest that is not known yet. */
  resolve(neighbour: Neighbour): void
  /** The guest of an address, or undefined when there are too many. */
  neighbour(address: number): Neighbour | undefined
  /** Our address of a guest's family. */
  gatewayFor(guestAddress: number): number
  /** A guest says by ICMP that a SYN reached nobody. */
  synUndelivered(quoted: QuotedSegment, from: Neighbour): void
  /** A guest says by ICMP that a segment of ours exceeds the MTU of the next hop behind it. */
  packetTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void
  /** What an ICMP error quotes of a packet that is gone. */
  quoteOf(flow: QuotedFlow): Uint8Array
}

/** What the host's loopback sends comes from the address by which the guest knows it. */
export function asGuestKnows(layer: IpLayer, address: number): number {
  if (isIpv6(address)) return layer.ip6?.asGuestKnows(address) ?? address
  return address >>> 24 === 127 ? layer.addresses.host : address
}
