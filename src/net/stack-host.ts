/** What the stack needs of its host: sockets, services of the gateway, the clock and randomness. */
import type { HostStream } from './core/host-stream.ts'
import type { IpHost } from './ip/layer.ts'
import type { TcpConnection } from './tcp/connection.ts'
import type { UdpHost } from './udp/datagrams.ts'

export interface StackHost extends IpHost, UdpHost {
  /** Begins to reach what the guest's SYN is for; undefined: nothing is there. */
  dialTcp(connection: TcpConnection): HostStream | undefined
  /** What time it is in the midst of a burst: milliseconds, with fractions, from any beginning. */
  clockMs(): number
}
