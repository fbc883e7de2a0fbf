/** The host's interface to the stack: its needs, and reports of failures. */
import type { Neighbour } from './ip/neighbours.ts'
import type { Link } from './link/link.ts'
import type { TcpConnection } from './tcp/connection.ts'
import type { HostStream } from './tcp/host-stream.ts'
import type { HostDatagram, UdpFlow } from './udp/nat.ts'
import type { Datagram } from './wire/udp.ts'

export interface StackHost {
  /** Begins to reach what the guest's SYN is for; undefined: nothing is there. */
  dialTcp(connection: TcpConnection): HostStream | undefined
  /** What time it is in the midst of a burst: milliseconds, with fractions, from any beginning. */
  clockMs(): number
  openUdp(flow: UdpFlow): HostDatagram | undefined
  /** A datagram to a service of the gateway, or a DHCP broadcast; false: nothing listens at that port. */
  serveUdp(datagram: GatewayDatagram): boolean
  /** Sends an echo request to the world; false: it cannot be. */
  sendEcho(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean
  /** Whether an address is known to belong to another MAC. */
  isTaken(address: number, macHigh: number, macLow: number): boolean
  random32(): number
}

export interface IcmpFailure {
  type: number
  code: number
  /** Next-hop MTU for "fragmentation needed" (RFC 1191), else 0. */
  info: number
  /** Who says so. */
  source: number
}

export interface UdpFailure extends IcmpFailure {
  destination: number
  destinationPort: number
  /** The beginning of what was sent, if it is known; valid during the call only. */
  datagram?: Uint8Array
}

export interface GatewayDatagram extends Datagram {
  neighbour: Neighbour | undefined
  link: Link
  /** Valid during the call only. */
  payload: Uint8Array
}
