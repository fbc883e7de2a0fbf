/** TCP and unix sockets of Node: unix sockets on all platforms, TCP where Node cannot be bypassed. */
import { createServer, type ServerOpts, type Socket } from 'node:net'
import type { PortMapping } from '../../../config/desired.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import type { SocketAddress } from '../sockaddr.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { acceptedSocket, dialHost, inTurn } from './node-socket.ts'
import { OwnSocket } from './own-socket.ts'
import { graceMs, joinGuest, type Loopbacks, type TcpSockets } from './sockets.ts'

export class NodeSockets implements TcpSockets {
  readonly #loop: EventLoop

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  dial(connection: TcpConnection, { address: host, port }: SocketAddress): HostStream {
    return dialHost(this.#loop, connection, { host, port })
  }

  dialLoopbacks(connection: TcpConnection, port: number, inOrder: Loopbacks): HostStream {
    return dialHost(this.#loop, connection, inTurn(port, inOrder))
  }

  listen(dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
    return listenByNode(this.#loop, dialler, mapping)
  }
}

export async function listenByNode(
  loop: EventLoop,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  const { listen, guest } = mapping
  const sockets = new Set<Socket>()
  const accept = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const host = acceptedSocket(loop, socket)
    joinGuest(dialler, guest, host)
  }
  const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true }
  const { stop, file } =
    listen.kind === 'inet'
      ? await listenInet(listen, options, accept)
      : await listenUnix(listen, options, accept)
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    get flows() {
      return sockets.size
    },
    ...(file === undefined ? {} : { file }),
    close: (flows) => {
      const closed = stop()
      if (flows === 'grace' && sockets.size > 0) {
        const timer = setTimeout(endAll, graceMs).unref()
        void closed.then(() => clearTimeout(timer))
        return Promise.resolve()
      }
      endAll()
      return closed
    },
  }
}

interface Listening {
  stop: () => Promise<void>
  file?: OwnSocket
}

async function listenUnix(
  { path, mode }: { path: string; mode: number },
  server: ServerOpts,
  accept: (socket: Socket) => void,
): Promise<Listening> {
  const file = await OwnSocket.open({ path, mode, accept, server })
  return { file, stop: () => file.close() }
}

async function listenInet(
  at: { address: string; port: number },
  options: ServerOpts,
  accept: (socket: Socket) => void,
): Promise<Listening> {
  const server = createServer(options, accept)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: at.address, port: at.port }, () => {
      server.off('error', reject)
      // A failed accept (no file descriptors) is not fatal.
      server.on('error', () => {})
      resolve()
    })
  })
  return { stop: () => new Promise((resolve) => server.close(() => resolve())) }
}
