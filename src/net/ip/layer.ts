/** Context of IPv4, IPv6, ICMP and UDP: addresses, families, host, egress rules and time. */
import type { DropCounters } from '../core/counters.ts'
import type { QuotedSegment } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { LinkAddresses } from '../core/settings.ts'
import type { Egress } from '../egress/egress.ts'
import type { IpFamily } from './family.ts'

/** Host functions that IP needs. */
export interface IpHost {
  /** Sends an echo request to an external host; returns false if that is not possible. */
  sendEcho(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean
  /** Whether an address is known to belong to another MAC. */
  isTaken(address: number, macHigh: number, macLow: number): boolean
  random32(): number
}

export interface IpLayer {
  readonly addresses: LinkAddresses
  readonly drops: DropCounters
  readonly host: IpHost
  readonly egress: Egress
  readonly nowMs: number
  /** The family of an address. */
  family(address: number): IpFamily
  /** Sends an ARP or NDP request for an unresolved neighbour. */
  resolve(neighbour: Neighbour): void
  /** An ICMP error from a guest reports that a SYN was not delivered. */
  synUndelivered(quoted: QuotedSegment, from: Neighbour): void
  /** An ICMP error from a guest reports that our segment exceeds the MTU of a next hop behind the guest. */
  packetTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void
}
