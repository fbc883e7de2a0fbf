/** TCP sockets of the host: on Linux they bypass Node, elsewhere they are Node's. The only place that asks which. */
import type { EventLoop } from '../event-loop.ts'
import { DirectSockets } from './direct-sockets.ts'
import { NodeSockets } from './node-sockets.ts'
import type { TcpSockets } from './sockets.ts'

export const tcpSockets = (loop: EventLoop): TcpSockets =>
  loop.readiness === undefined ? new NodeSockets(loop) : new DirectSockets(loop)
