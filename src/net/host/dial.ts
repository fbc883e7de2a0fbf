/** Dials for a guest: on Linux they bypass Node, elsewhere they use Node's sockets. */
import type { HostStream } from '../core/host-stream.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import { DirectStream } from './direct-stream.ts'
import { PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'
import { dialHost, loopbacks } from './tcp-socket.ts'

/** @param to is the caller's again when this returns. */
export function dial(pump: Pump, connection: TcpConnection, to: PeerName): HostStream {
  if (pump.readiness !== undefined) return DirectStream.dial(pump, connection, [to])
  return dialHost(pump, connection, { host: to.address, port: to.port })
}

/** A service of the host, which may listen on one of its loopback addresses only: `::1` is tried first. */
export function dialLoopbacks(pump: Pump, connection: TcpConnection, port: number): HostStream {
  if (pump.readiness === undefined) return dialHost(pump, connection, loopbacks(port))
  const names = [PeerName.from('::1', port)!, PeerName.from('127.0.0.1', port)!]
  return DirectStream.dial(pump, connection, names)
}
