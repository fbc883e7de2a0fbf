/** What IPv4, IPv6, ICMP and UDP find around them: addresses, the families, the host, egress rules and the time. */
import type { DropCounters } from '../core/counters.ts'
import type { QuotedSegment } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { LinkAddresses } from '../core/settings.ts'
import type { Egress } from '../egress/egress.ts'
import type { IpFamily } from './family.ts'

/** The host as IP needs it. */
export interface IpHost {
  /** Sends an echo request to the world; false: it cannot be. */
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
  /** Asks by ARP or NDP for a guest that is not known yet. */
  resolve(neighbour: Neighbour): void
  /** A guest says by ICMP that a SYN reached nobody. */
  synUndelivered(quoted: QuotedSegment, from: Neighbour): void
  /** A guest says by ICMP that our segment exceeds the MTU of the next hop behind it. */
  packetTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void
}
