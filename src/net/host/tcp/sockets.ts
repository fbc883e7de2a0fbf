/** TCP sockets of the host, for any platform; created by open-sockets.ts. */
import type { PortMapping } from '../../../config/desired.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { Listener } from '../listener.ts'
import type { SocketAddress } from '../sockaddr.ts'
import type { GuestDialler } from './guest-dialler.ts'

/** Both loopback addresses, the one of the guest's address family first. */
export type Loopbacks = readonly [first: string, second: string]

export const ipv4First: Loopbacks = ['127.0.0.1', '::1']
export const ipv6First: Loopbacks = ['::1', '127.0.0.1']

export interface TcpSockets {
  /** Dials for a guest. @param to may be reused after the call */
  dial(connection: TcpConnection, to: SocketAddress): HostStream
  /** Dials a service of the host, which may listen on only one loopback address. */
  dialLoopbacks(connection: TcpConnection, port: number, inOrder: Loopbacks): HostStream
  /** Accepts TCP or unix connections to a guest. Rejects with the system's error. */
  listen(dialler: GuestDialler, mapping: PortMapping): Promise<Listener>
}

/** Grace period for open connections when their mapping is removed. */
export const graceMs = 10_000

/** Host end of an accepted socket, whose connection is set once it exists. */
type Accepted = HostStream & { connection: TcpConnection }

/**
 * Connects an accepted socket to the guest, or resets it if the table is full or no guest can have the address.
 */
export function joinGuest(dialler: GuestDialler, guest: PortMapping['guest'], host: Accepted): void {
  const connection = dialler.open(guest, host)
  if (connection === undefined) host.reset()
  else host.connection = connection
}
