/**
 * Selects the TCP sockets of the host: without Node on Linux, Node's elsewhere. The only place with this choice.
 */
import type { EventLoop } from '../event-loop.ts'
import { DirectSockets } from './direct-sockets.ts'
import { NodeSockets } from './node-sockets.ts'
import type { TcpSockets } from './sockets.ts'

export const tcpSockets = (loop: EventLoop): TcpSockets =>
  loop.readiness === undefined ? new NodeSockets(loop) : new DirectSockets(loop)
