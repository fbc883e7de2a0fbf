/** Listeners for TCP and unix connections to a guest: on Linux TCP bypasses Node, elsewhere both use Node's servers. */
import { createServer, type ServerOpts, type Socket } from 'node:net'
import type { PortMapping } from '../../../config/desired.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Listener } from '../listener.ts'
import { SocketAddress } from '../sockaddr.ts'
import { DirectAcceptor } from './direct-acceptor.ts'
import { DirectStream } from './direct-stream.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { acceptedSocket } from './node-socket.ts'
import { OwnSocket } from './own-socket.ts'

/** Connections that continue when their mapping is removed get this long to end. */
const graceMs = 10_000

/** The host's end, whose connection is set once there is one. */
type Accepted = HostStream & { connection: TcpConnection }

/** Rejects with the system's error. */
export async function listenStream(
  loop: EventLoop,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  const { listen } = mapping
  const at = listen.kind === 'inet' ? SocketAddress.from(listen.address, listen.port) : undefined
  const isDirect = loop.readiness !== undefined && at !== undefined
  return isDirect ? listenDirectly(loop, dialler, mapping, at) : listenByNode(loop, dialler, mapping)
}

/** Connects what was accepted to the guest, or ends it when there is no room or no such guest. */
function joinGuest(dialler: GuestDialler, guest: PortMapping['guest'], host: Accepted): void {
  const connection = dialler.open(guest, host)
  if (connection === undefined) host.reset()
  else host.connection = connection
}

/** Bypasses Node; throws the system's error. */
function listenDirectly(
  loop: EventLoop,
  dialler: GuestDialler,
  { guest }: PortMapping,
  at: SocketAddress,
): Listener {
  const streams = new Set<DirectStream>()
  let timer: NodeJS.Timeout | undefined
  const closed = (stream: DirectStream) => {
    streams.delete(stream)
    if (streams.size === 0) clearTimeout(timer)
  }
  const acceptor = new DirectAcceptor(loop, at, (fd) => {
    const host = DirectStream.accepted(loop, fd)
    if (host === undefined) return
    streams.add(host)
    host.closed = closed
    joinGuest(dialler, guest, host)
  })
  const endAll = () => {
    for (const stream of streams) stream.destroy()
  }
  return {
    get flows() {
      return streams.size
    },
    close: (flows) => {
      acceptor[Symbol.dispose]()
      if (flows === 'now') endAll()
      else if (streams.size > 0) timer = setTimeout(endAll, graceMs).unref()
      return Promise.resolve()
    },
  }
}

async function listenByNode(loop: EventLoop, dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
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
      // A failed accept (no descriptors) ends nothing.
      server.on('error', () => {})
      resolve()
    })
  })
  return { stop: () => new Promise((resolve) => server.close(() => resolve())) }
}
