/** What the stack needs of its host: sockets, services of the gateway, the clock and randomness. */
import type { GatewayDatagram, HostDatagram } from './core/host-datagram.ts'
import type { HostStream } from './core/host-stream.ts'
import type { TcpConnection } from './tcp/connection.ts'
import type { UdpFlow } from './udp/nat.ts'

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
