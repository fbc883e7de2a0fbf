/** Interface of the stack to its host: sockets, gateway services, clock and randomness. */
import type { HostStream } from './core/host-stream.ts'
import type { IpHost } from './ip/layer.ts'
import type { TcpConnection } from './tcp/connection.ts'
import type { UdpHost } from './udp/datagrams.ts'

export interface StackHost extends IpHost, UdpHost {
  /** Dials the host for a guest's SYN; undefined: nothing is at that address and port. */
  dialTcp(connection: TcpConnection): HostStream | undefined
  /** Current time during a burst, in fractional milliseconds from an arbitrary origin. */
  clockMs(): number
}
