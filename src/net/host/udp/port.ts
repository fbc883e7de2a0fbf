/** A UDP socket of the host, whatever the platform; open-port.ts makes one. */
import type { SocketAddress } from '../sockaddr.ts'

export interface PortEvents {
  /** The bytes and the names are valid during the call only. `own`: the destination, with `receivesOwn`. */
  received(bytes: Uint8Array, start: number, end: number, from: SocketAddress, own?: SocketAddress): void
  /** There is an error to report: in the socket's error queue, or this one. */
  failed(errno: number, to: SocketAddress | undefined): void
}

export interface UdpPort extends Disposable {
  /** -1 when it is not known. */
  readonly fd: number
  /** Rejects with the system's error. */
  readonly bound: Promise<void>
  /** Without `own` the kernel chooses the address that it leaves from. */
  send(bytes: Uint8Array, start: number, end: number, to: SocketAddress, own?: SocketAddress): void
  /** Sends what waits, before an option of the socket changes. */
  flush(): void
}

export interface PortOptions {
  /** Connects the socket: nothing comes from elsewhere, and a refusal of the peer is reported. */
  peer?: SocketAddress
  /** Reports the destination of each datagram. Node's sockets cannot. */
  receivesOwn?: boolean
}
