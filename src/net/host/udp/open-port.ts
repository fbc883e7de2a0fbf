/** Opens a UDP socket of the host: on Linux it bypasses Node, elsewhere it is Node's. The only place that asks which. */
import type { EventLoop } from '../event-loop.ts'
import type { SocketAddress } from '../sockaddr.ts'
import { DirectPort } from './direct-port.ts'
import { NodePort } from './node-port.ts'
import type { PortEvents, PortOptions, UdpPort } from './port.ts'

/** Bound to that name; port 0 is any. Throws the system's error where it is known at once. */
export const openUdpPort = (
  loop: EventLoop,
  at: SocketAddress,
  events: PortEvents,
  options: PortOptions = {},
): UdpPort =>
  loop.readiness === undefined
    ? new NodePort(loop, at, events, options.peer)
    : DirectPort.open(loop, at, events, options)
