/**
 * Sockets to upstream resolvers. Queries share UDP sockets, so that a burst does not exhaust file descriptors.
 * The sockets are random and short-lived, so that ports are hard to guess (RFC 5452). Each is connected: the
 * kernel drops datagrams from other addresses and reports a dead resolver on this host immediately.
 */
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { UpstreamTransport } from '../../services/dns/exchanges.ts'
import { framed, MessageReader } from '../../services/dns/stream.ts'
import type { UpstreamServer } from '../../services/dns/upstreams.ts'
import type { EventLoop } from '../event-loop.ts'
import { family, SocketAddress } from '../sockaddr.ts'
import { openUdpPort } from '../udp/open-port.ts'
import type { UdpPort } from '../udp/port.ts'

const socketsPerServer = 8
/** A socket is replaced after this many queries or this long, to change its port. */
const questionsPerSocket = 128
const socketLifeMs = 30_000
/** Queries of one burst on the same socket, sent in one batch. */
const mostTogether = 16
/** Leaves time to query another server before the client times out. */
const tcpTimeoutMs = 2000
/** EINTR, EAGAIN: the socket is usable. */
const harmless: ReadonlySet<number> = new Set([4, 11])

interface UpstreamSocket {
  readonly id: number
  readonly server: UpstreamServer
  readonly name: SocketAddress
  readonly port: UdpPort
  readonly timer: NodeJS.Timeout
  sent: number
  waiting: number
  isRetired: boolean
}

/** Sockets to one server. */
interface Pool {
  readonly sockets: UpstreamSocket[]
  /** Socket of the current burst, the time of the burst, and its query count. */
  current: UpstreamSocket | undefined
  sinceMs: number
  together: number
}

export interface SocketEvents {
  /** The bytes are valid during the call only. */
  received(socket: number, message: Uint8Array): void
  failed(socket: number): void
}

export class UpstreamSockets implements UpstreamTransport, Disposable {
  /** A getter, because the event loop is created after the services. */
  readonly #loop: () => EventLoop
  readonly #events: SocketEvents
  readonly #pools = new Map<UpstreamServer, Pool>()
  readonly #byId = new Map<number, UpstreamSocket>()
  readonly #cancels = new Set<() => void>()
  #nextId = 0

  constructor(loop: () => EventLoop, events: SocketEvents) {
    this.#loop = loop
    this.#events = events
  }

  get open(): number {
    return this.#byId.size
  }

  pick(server: UpstreamServer): number | undefined {
    let pool = this.#pools.get(server)
    if (pool === undefined) {
      pool = { sockets: [], current: undefined, sinceMs: 0, together: 0 }
      this.#pools.set(server, pool)
    }
    const socket = this.#choose(pool, server)
    if (socket === undefined) return undefined
    socket.waiting += 1
    socket.sent += 1
    if (socket.sent >= questionsPerSocket) this.#retire(socket)
    return socket.id
  }

  send(id: number, message: Uint8Array): void {
    const socket = this.#byId.get(id)
    if (socket === undefined) return
    const loop = this.#loop()
    loop.begin()
    socket.port.send(message, 0, message.length, socket.name)
    loop.end()
  }

  release(id: number): void {
    const socket = this.#byId.get(id)
    if (socket === undefined) return
    socket.waiting -= 1
    this.#closeIfDone(socket)
  }

  exchangeTcp(
    server: UpstreamServer,
    message: Uint8Array,
    done: (response: Uint8Array | undefined, nowMs: number) => void,
  ): () => void {
    const reader = new MessageReader()
    const socket = connect({ host: server.address, port: server.port, timeout: tcpTimeoutMs })
    const finish = (response?: Uint8Array) => {
      if (!this.#cancels.delete(cancel)) return
      socket.destroy()
      done(response, performance.now())
    }
    const cancel = () => {
      this.#cancels.delete(cancel)
      socket.destroy()
    }
    this.#cancels.add(cancel)
    socket.on('connect', () => socket.write(framed(message)))
    socket.on('data', (chunk) => {
      reader.push(chunk)
      const response = reader.next()
      if (response !== undefined) finish(response)
    })
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => finish())
    return cancel
  }

  [Symbol.dispose](): void {
    for (const cancel of [...this.#cancels]) cancel()
    for (const socket of [...this.#byId.values()]) this.#close(socket)
  }

  /** A random socket, opened if it does not exist; if that fails, an existing one. */
  #choose(pool: Pool, server: UpstreamServer): UpstreamSocket | undefined {
    const { nowMs } = this.#loop().stack
    pool.together += 1
    const { current, sockets } = pool
    const isSameBurst = pool.sinceMs === nowMs && pool.together < mostTogether
    if (current !== undefined && !current.isRetired && isSameBurst) return current
    const index = Math.floor(Math.random() * socketsPerServer)
    pool.current = sockets[index] ?? this.#openSocket(pool, server) ?? sockets[0]
    pool.sinceMs = nowMs
    pool.together = 0
    return pool.current
  }

  #openSocket(pool: Pool, server: UpstreamServer): UpstreamSocket | undefined {
    const name = nameOf(server)
    if (name === undefined) return undefined
    const id = this.#nextId + 1
    const anywhere = new SocketAddress()
    if (name.family === family.inet) anywhere.setIpv4(0, 0)
    else anywhere.setIpv6(0)
    const events = {
      received: (bytes: Uint8Array, start: number, end: number) =>
        this.#events.received(id, bytes.subarray(start, end)),
      failed: (errno: number) => {
        if (!harmless.has(errno)) this.#fail(id)
      },
    }
    let port: UdpPort
    try {
      port = openUdpPort(this.#loop(), anywhere, events, { peer: name })
    } catch {
      return undefined
    }
    this.#nextId = id
    const timer = setTimeout(() => this.#retire(socket), socketLifeMs).unref()
    const socket: UpstreamSocket = { id, server, name, port, timer, sent: 0, waiting: 0, isRetired: false }
    this.#byId.set(id, socket)
    pool.sockets.push(socket)
    return socket
  }

  /** Refused or unreachable: retry this socket's queries elsewhere. */
  #fail(id: number): void {
    const socket = this.#byId.get(id)
    if (socket === undefined) return
    this.#retire(socket)
    this.#events.failed(id)
  }

  #retire(socket: UpstreamSocket): void {
    socket.isRetired = true
    const sockets = this.#pools.get(socket.server)?.sockets ?? []
    const index = sockets.indexOf(socket)
    if (index >= 0) sockets.splice(index, 1)
    if (sockets.length === 0) this.#pools.delete(socket.server)
    this.#closeIfDone(socket)
  }

  #closeIfDone(socket: UpstreamSocket): void {
    if (socket.isRetired && socket.waiting <= 0) this.#close(socket)
  }

  #close(socket: UpstreamSocket): void {
    if (!this.#byId.delete(socket.id)) return
    clearTimeout(socket.timer)
    socket.port[Symbol.dispose]()
  }
}

/** Undefined if the zone does not exist. */
function nameOf({ address, port }: UpstreamServer): SocketAddress | undefined {
  const [plain = '', zone] = address.split('%')
  const name = SocketAddress.from(plain, port)
  if (name === undefined || zone === undefined) return name
  const scope =
    Number(zone) || networkInterfaces()[zone]?.find((it) => it.family === 'IPv6' && it.scopeid !== 0)?.scopeid
  if (!scope) return undefined
  name.scope = scope
  return name
}
