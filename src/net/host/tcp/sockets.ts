/** TCP sockets of the host, whatever the platform; open-sockets.ts gives them. */
import type { PortMapping } from '../../../config/desired.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { Listener } from '../listener.ts'
import type { SocketAddress } from '../sockaddr.ts'
import type { GuestDialler } from './guest-dialler.ts'

export interface TcpSockets {
  /** Connects for a guest. @param to is the caller's again when this returns. */
  dial(connection: TcpConnection, to: SocketAddress): HostStream
  /** The same to a service of the host, which may listen on one of its loopback addresses only: `::1` is tried first. */
  dialLoopbacks(connection: TcpConnection, port: number): HostStream
  /** Accepts TCP or unix connections to a guest. Rejects with the system's error. */
  listen(dialler: GuestDialler, mapping: PortMapping): Promise<Listener>
}

/** Connections that continue when their mapping is removed get this long to end. */
export const graceMs = 10_000

/** The host's end, whose connection is set once there is one. */
type Accepted = HostStream & { connection: TcpConnection }

/** Connects what was accepted to the guest, or ends it when there is no room or no such guest. */
export function joinGuest(dialler: GuestDialler, guest: PortMapping['guest'], host: Accepted): void {
  const connection = dialler.open(guest, host)
  if (connection === undefined) host.reset()
  else host.connection = connection
}
