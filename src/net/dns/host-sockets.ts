/**
 * Adapter: sockets to upstream resolvers. UDP sockets are shared by queries, so that a burst does not use up
 * the descriptors, but few and short-lived, so that ports stay hard to guess (RFC 5452). Each is connected: the
 * kernel drops datagrams from elsewhere, and a dead resolver on this host is noticed at once.
 */
import { createSocket, type Socket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { UpstreamTransport } from './exchanges.ts'
import { framed, MessageReader } from './stream.ts'
import { keyOf, type UpstreamServer } from './upstreams.ts'

const socketsPerServer = 8
/** A socket takes no further query after so many, or so long; the next one has another port. */
const queriesPerSocket = 128
const socketLifeMs = 30_000
/** So that another server has its turn before the client loses patience. */
const tcpTimeoutMs = 2000

interface PooledSocket {
  id: number
  server: string
  socket: Socket
  /** Sent once the socket is connected. */
  queued: Uint8Array[] | undefined
  sent: number
  waiting: number
  retired: boolean
  timer: NodeJS.Timeout
}

export interface SocketEvents {
  received(socket: number, message: Uint8Array): void
  failed(socket: number): void
}

export class HostSockets implements UpstreamTransport, Disposable {
  readonly #events: SocketEvents
  readonly #byServer = new Map<string, PooledSocket[]>()
  readonly #byId = new Map<number, PooledSocket>()
  readonly #cancels = new Set<() => void>()
  #nextId = 0

  constructor(events: SocketEvents) {
    this.#events = events
  }

  get open(): number {
    return this.#byId.size
  }

  pick(server: UpstreamServer): number {
    const key = keyOf(server)
    const pool = this.#byServer.get(key) ?? []
    this.#byServer.set(key, pool)
    const index = Math.floor(Math.random() * socketsPerServer)
    const pooled = pool[index] ?? this.#openSocket(server, key)
    if (!pool.includes(pooled)) pool.push(pooled)
    pooled.waiting += 1
    pooled.sent += 1
    if (pooled.sent >= queriesPerSocket) this.#retire(pooled)
    return pooled.id
  }

  send(socket: number, message: Uint8Array): void {
    const pooled = this.#byId.get(socket)
    if (pooled === undefined) return
    if (pooled.queued === undefined) pooled.socket.send(message)
    else pooled.queued.push(message)
  }

  release(socket: number): void {
    const pooled = this.#byId.get(socket)
    if (pooled === undefined) return
    pooled.waiting -= 1
    this.#closeIfDone(pooled)
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
    for (const pooled of [...this.#byId.values()]) this.#close(pooled)
  }

  #openSocket(server: UpstreamServer, key: string): PooledSocket {
    const family = isIPv6(server.address) ? 6 : 4
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Addresses only; the resolver must not need a resolver.
      lookup: (host, _options, callback) => callback(null, host, family),
    })
    this.#nextId += 1
    const id = this.#nextId
    const timer = setTimeout(() => this.#retire(pooled), socketLifeMs).unref()
    const pooled: PooledSocket = {
      id,
      server: key,
      socket,
      queued: [],
      sent: 0,
      waiting: 0,
      retired: false,
      timer,
    }
    this.#byId.set(id, pooled)
    socket.unref()
    socket.on('message', (message) => this.#events.received(id, message))
    socket.on('error', () => this.#fail(pooled))
    socket.on('connect', () => {
      const queued = pooled.queued ?? []
      pooled.queued = undefined
      for (const message of queued) socket.send(message)
    })
    socket.connect(server.port, server.address)
    return pooled
  }

  /** Refused, unreachable, no descriptor left: this socket's queries go elsewhere. */
  #fail(pooled: PooledSocket): void {
    if (!this.#byId.has(pooled.id)) return
    this.#retire(pooled)
    this.#events.failed(pooled.id)
  }

  #retire(pooled: PooledSocket): void {
    pooled.retired = true
    const pool = this.#byServer.get(pooled.server)?.filter((other) => other !== pooled) ?? []
    if (pool.length === 0) this.#byServer.delete(pooled.server)
    else this.#byServer.set(pooled.server, pool)
    this.#closeIfDone(pooled)
  }

  #closeIfDone(pooled: PooledSocket): void {
    if (pooled.retired && pooled.waiting <= 0) this.#close(pooled)
  }

  #close(pooled: PooledSocket): void {
    if (!this.#byId.delete(pooled.id)) return
    clearTimeout(pooled.timer)
    pooled.socket.close()
  }
}
