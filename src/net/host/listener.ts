/** One port mapping's listener on the host: TCP or unix connections and UDP datagrams, passed to a guest. */

import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { PortMapping } from '../../config/desired.ts'
import { systemCode } from '../../errors.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { HostStream } from '../tcp/host-stream.ts'
import { openDatagramPort } from './datagram-port.ts'
import { DirectAcceptor } from './direct-acceptor.ts'
import { DirectStream } from './direct-stream.ts'
import type { GuestDialler } from './guest-dialler.ts'
import { PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'
import { acceptedSocket } from './tcp-socket.ts'
import { UdpClients } from './udp-clients.ts'

/** Connections that go on when their mapping is removed get this long to end. */
const graceMs = 10_000

export interface Listener {
  /** Connections and UDP clients of now. */
  readonly flows: number
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
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const host = acceptedSocket(pump, socket)
    joinGuest(dialler, guest, host)
  })
  if (listen.kind === 'inet') await listening(server, { host: listen.address, port: listen.port })
  else await listenUnix(server, listen)
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    get flows() {
      return sockets.size
    },
    close: (flows) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
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

/** A socket file that nobody listens at is left over from a process that died. */
async function listenUnix(server: Server, { path, mode }: { path: string; mode: number }): Promise<void> {
  const at = { path }
  try {
    await listening(server, at, mode)
  } catch (error) {
    const directory = dirname(path)
    // The system says "permission denied" then.
    if (!existsSync(directory)) throw new Error(`${path}: there is no directory ${directory}`)
    if (systemCode(error) !== 'EADDRINUSE') throw error
    // A connection to an ordinary file is refused just as one to a socket that nobody listens at.
    if (!lstatSync(path).isSocket()) throw new Error(`${path} is there, and is not a socket`)
    if (await isAnswered(path)) throw error
    unlinkSync(path)
    await listening(server, at, mode)
  }
  chmodSync(path, mode)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', (error) => resolve(systemCode(error) !== 'ECONNREFUSED'))
  })
}

function listening(
  server: Server,
  at: { host: string; port: number } | { path: string },
  mode = 0o666,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The socket file is made in this call; nobody else may open it before its mode is set.
    const before = process.umask(0o777 & ~mode)
    try {
      server.listen(at, () => {
        server.off('error', reject)
        // A failed accept (no descriptors) ends nothing.
        server.on('error', () => {})
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}

async function listenUdp(pump: Pump, { listen, guest }: PortMapping): Promise<Listener> {
  if (listen.kind === 'unix') throw new Error('UDP cannot be mapped to a unix socket')
  const at = PeerName.from(listen.address, listen.port)
  if (at === undefined) throw new Error(`${listen.address} is no address to listen at`)
  const clients = new UdpClients(pump, guest)
  const port = openDatagramPort(pump, at, {
    received: (bytes, start, end, from) => {
      const client = clients.of(from, port)
      if (client !== undefined) pump.stack.datagrams.fromClient(client, bytes, start, end)
    },
    // What became of one client's answer is no matter to the others.
    failed: () => {},
  })
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
