/** UDP socket of the host, for any platform; created by open-port.ts. */
import type { SocketAddress } from '../sockaddr.ts'

export interface PortEvents {
  /** Bytes and addresses are valid during the call only. `own`: the destination, with `receivesOwn`. */
  received(bytes: Uint8Array, start: number, end: number, from: SocketAddress, own?: SocketAddress): void
  /** An error to report: this one, or those in the socket's error queue. */
  failed(errno: number, to: SocketAddress | undefined): void
}

export interface UdpPort extends Disposable {
  /** -1 if unknown. */
  readonly fd: number
  /** Rejects with the system's error. */
  readonly bound: Promise<void>
  /** Without `own` the kernel chooses the source address. */
  send(bytes: Uint8Array, start: number, end: number, to: SocketAddress, own?: SocketAddress): void
  /** Sends queued datagrams, before a socket option changes. */
  flush(): void
}

export interface PortOptions {
  /** Connects the socket: it receives from the peer only, and reports its refusals. */
  peer?: SocketAddress
  /** Reports the destination of each datagram. Not supported by Node's sockets. */
  receivesOwn?: boolean
}
