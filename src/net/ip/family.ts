/**
 * Common interface of IPv4 and IPv6 for the layers above: addresses, neighbours, packets to guests and ICMP
 * errors.
 */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { FlowHeader, QuotedFlow, TcpFlow } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import type { Datagram } from '../wire/udp.ts'
import type { Fragments } from './fragments.ts'
import type { Pings } from './pings.ts'

/** A connection that the host could not open, for an ICMP error. */
export interface FailedDial extends TcpFlow {
  readonly neighbour: Neighbour
  readonly receiveNext: number
}

export interface IpFamily {
  /** Our address for guests of this family. */
  readonly gateway: number
  readonly fragments: Fragments
  readonly pings: Pings

  isGateway(address: number): boolean
  /** Whether a guest can have the address. */
  mayBeGuest(address: number): boolean
  /** The neighbour with an address; undefined if the table is full. */
  neighbour(address: number): Neighbour | undefined
  /** Resolves an address by ARP or NDP on the links. */
  ask(links: Iterable<Link>, neighbour: Neighbour, nowMs: number): void
  linkGone(link: Link): void
  /** Address for guests: replaces the host's loopback address by the host address of the network. */
  asGuestKnows(address: number): number
  /** Address for host sockets: replaces the host address of the network by the loopback address. */
  onHost(address: number): number
  format(address: number): string

  /** Returns false if it is too long, or the guest is unreachable. */
  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean
  /** Header template of a TCP connection; undefined: headers are built per segment. */
  flowHeader(address: number, guestAddress: number): FlowHeader | undefined

  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean
  /** Rejects a packet that egress rules deny. */
  prohibited(to: Neighbour, quoted: Uint8Array): void
  /** Reports that no service uses that port of the gateway. */
  portUnreachable(to: Neighbour, gateway: number, quoted: Uint8Array): void
  dialFailed(connection: FailedDial, failure: DialFailure | IcmpFailure): void
  /** Quote of a packet that is no longer available. */
  quoteOf(flow: QuotedFlow): Uint8Array
  /** Forwards an echo reply from an external host to the guest. */
  echoReplied(sequence: number, payload: Uint8Array): void
  /** A router or the host reports that a ping was not delivered. */
  echoFailed(sequence: number, failure: IcmpFailure): void

  /** Expires state; called every few seconds. */
  expire(nowMs: number): void
}
