/** What IPv4 and IPv6 both do for the layers above: addresses, neighbours, packets to guests and ICMP errors. */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { FlowHeader, QuotedFlow, TcpFlow } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import type { Datagram } from '../wire/udp.ts'
import type { Fragments } from './fragments.ts'
import type { Pings } from './pings.ts'

/** A connection that the host could not open, as ICMP reports it. */
export interface FailedDial extends TcpFlow {
  readonly neighbour: Neighbour
  readonly receiveNext: number
}

export interface IpFamily {
  /** Our address, as guests of this family know it. */
  readonly gateway: number
  readonly fragments: Fragments
  readonly pings: Pings

  isGateway(address: number): boolean
  /** An address that a guest can have. */
  mayBeGuest(address: number): boolean
  /** The guest of an address, or undefined when there are too many. */
  neighbour(address: number): Neighbour | undefined
  /** Asks on the links who has an address. */
  ask(links: Iterable<Link>, neighbour: Neighbour, nowMs: number): void
  linkGone(link: Link): void
  /** What the host's loopback sends comes from the address by which the guest knows it. */
  asGuestKnows(address: number): number
  /** The reverse: what the guest knows as the host is its loopback to the host. */
  onHost(address: number): number
  format(address: number): string

  /** False: too long, or the guest cannot be reached. */
  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean
  /** The headers of one TCP connection where they are made once; undefined: they are made for each segment. */
  flowHeader(address: number, guestAddress: number): FlowHeader | undefined

  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean
  /** Refuses a packet that egress rules do not allow. */
  prohibited(to: Neighbour, quoted: Uint8Array): void
  /** Nothing is served at that port of the gateway. */
  portUnreachable(to: Neighbour, gateway: number, quoted: Uint8Array): void
  dialFailed(connection: FailedDial, failure: DialFailure | IcmpFailure): void
  /** What an ICMP error quotes of a packet that is gone. */
  quoteOf(flow: QuotedFlow): Uint8Array
  /** An answer from the world to a ping of a guest. */
  echoReplied(sequence: number, payload: Uint8Array): void
  /** A router on the way, or the host, says that a ping did not get there. */
  echoFailed(sequence: number, failure: IcmpFailure): void

  /** What time asks for; every few seconds. */
  expire(nowMs: number): void
}
