/** Opens a UDP socket of the host: without Node on Linux, Node's elsewhere. The only place with this choice. */
import type { EventLoop } from '../event-loop.ts'
import type { SocketAddress } from '../sockaddr.ts'
import { DirectPort } from './direct-port.ts'
import { NodePort } from './node-port.ts'
import type { PortEvents, PortOptions, UdpPort } from './port.ts'

/**
 * Binds a socket to that address; port 0: any free port. Throws the system's error if it is known synchronously.
 */
export const openUdpPort = (
  loop: EventLoop,
  at: SocketAddress,
  events: PortEvents,
  options: PortOptions = {},
): UdpPort =>
  loop.readiness === undefined
    ? new NodePort(loop, at, events, options.peer)
    : DirectPort.open(loop, at, events, options)
