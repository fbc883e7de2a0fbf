/** One port mapping's listener on the host: TCP or unix connections and UDP datagrams, passed to a guest. */
import { createServer, type ServerOpts, type Socket } from 'node:net'
import type { PortMapping } from '../../config/desired.ts'
import { systemCode } from '../../errors.ts'
import type { HostStream } from '../core/host-stream.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import { openDatagramPort, type PortEvents } from './datagram-port.ts'
import { DirectAcceptor } from './direct-acceptor.ts'
import { DirectStream } from './direct-stream.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { OwnSocket } from './own-socket.ts'
import { PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'
import { acceptedSocket } from './tcp-socket.ts'
import { UdpClients } from './udp-clients.ts'

/** Connections that go on when their mapping is removed get this long to end. */
const graceMs = 10_000

export interface Listener {
  /** Connections and UDP clients of now. */
  readonly flows: number
  /** Of a unix socket: its file, which others may remove or change. */
  readonly file?: OwnSocket
  /** Stops listening; flows end after a grace, or at once. */
  close(flows: 'grace' | 'now'): Promise<void>
}

/** The host's end, whose connection is told once there is one. */
type Accepted = HostStream & { connection: TcpConnection }

/** Rejects with the system's error. */
export async function openListener(
  pump: Pump,
  dialler: GuestDialler,
  mapping: PortMapping,
): Promise<Listener> {
  try {
    return await open(pump, dialler, mapping)
  } catch (error) {
    const { listen } = mapping
    const isEvery = listen.kind === 'inet' && listen.address === '::'
    if (!isEvery || systemCode(error) !== 'EAFNOSUPPORT') throw error
    // A host without IPv6 has its other addresses all the same.
    return open(pump, dialler, { ...mapping, listen: { ...listen, address: '0.0.0.0' } })
  }
}

function open(pump: Pump, dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
  return mapping.protocol === 'udp' ? listenUdp(pump, mapping) : listenStream(pump, dialler, mapping)
}

async function listenStream(pump: Pump, dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
  const { listen } = mapping
  const at = listen.kind === 'inet' ? PeerName.from(listen.address, listen.port) : undefined
  const isDirect = pump.readiness !== undefined && at !== undefined
  return isDirect ? listenDirectly(pump, dialler, mapping, at) : listenByNode(pump, dialler, mapping)
}

/** Connects what was accepted to the guest, or ends it when there is no room or no such guest. */
function joinGuest(dialler: GuestDialler, guest: PortMapping['guest'], host: Accepted): void {
  const connection = dialler.open(guest, host)
  if (connection === undefined) host.reset()
  else host.connection = connection
}

/** Past Node; throws the system's error. */
function listenDirectly(pump: Pump, dialler: GuestDialler, { guest }: PortMapping, at: PeerName): Listener {
  const streams = new Set<DirectStream>()
  let timer: NodeJS.Timeout | undefined
  const closed = (stream: DirectStream) => {
    streams.delete(stream)
    if (streams.size === 0) clearTimeout(timer)
  }
  const acceptor = new DirectAcceptor(pump, at, (fd) => {
    const host = DirectStream.accepted(pump, fd)
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

async function listenByNode(pump: Pump, dialler: GuestDialler, mapping: PortMapping): Promise<Listener> {
  const { listen, guest } = mapping
  const sockets = new Set<Socket>()
  const accept = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const host = acceptedSocket(pump, socket)
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

async function listenUdp(pump: Pump, { listen, guest }: PortMapping): Promise<Listener> {
  if (listen.kind === 'unix') throw new Error('UDP cannot be mapped to a unix socket')
  const at = PeerName.from(listen.address, listen.port)
  if (at === undefined) throw new Error(`${listen.address} is not a listen address`)
  const clients = new UdpClients(pump, guest)
  const events: PortEvents = {
    received: (bytes, start, end, from, own) => {
      const client = clients.of(from, own, port)
      if (client !== undefined) pump.stack.datagrams.fromClient(client, bytes, start, end)
    },
    // What became of one client's answer is no matter to the others.
    failed: () => {},
  }
  const port = openDatagramPort(pump, at, events, { receivesOwn: at.isWildcard })
  await port.bound
  return {
    get flows() {
      return clients.size
    },
    close: () => {
      clients.close()
      port[Symbol.dispose]()
      return Promise.resolve()
    },
  }
}
