/** Dials for a guest: on Linux they bypass Node, elsewhere they use Node's sockets. */
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { SocketAddress } from '../sockaddr.ts'
import { DirectStream } from './direct-stream.ts'
import { dialHost, loopbacks } from './node-socket.ts'

/** @param to is the caller's again when this returns. */
export function dial(loop: EventLoop, connection: TcpConnection, to: SocketAddress): HostStream {
  if (loop.readiness !== undefined) return DirectStream.dial(loop, connection, [to])
  return dialHost(loop, connection, { host: to.address, port: to.port })
}

/** A service of the host, which may listen on one of its loopback addresses only: `::1` is tried first. */
export function dialLoopbacks(loop: EventLoop, connection: TcpConnection, port: number): HostStream {
  if (loop.readiness === undefined) return dialHost(loop, connection, loopbacks(port))
  const names = [SocketAddress.from('::1', port)!, SocketAddress.from('127.0.0.1', port)!]
  return DirectStream.dial(loop, connection, names)
}
