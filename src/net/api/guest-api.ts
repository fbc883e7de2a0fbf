/**
 * API for guests at port 80 of the gateway: a guest maps ports of this host to itself, as gvproxy does for podman
 * machines. One request per connection; connections are few and short.
 */
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { portsOfGuest } from './guest-ports.ts'
import { apiServer } from './http.ts'
import { answerBy } from './message.ts'
import { type PortKeeper, portRoutes } from './port-routes.ts'

const mostConnections = 64
/** Deadline of a connection, and of a request's body. */
const patienceMs = 10_000

export class GuestApi implements Disposable {
  readonly #timeoutMs: number
  readonly #http: Server
  readonly #callers = new Map<Duplex, string>()

  constructor(forwarder: PortKeeper, { timeoutMs = patienceMs }: { timeoutMs?: number } = {}) {
    this.#timeoutMs = timeoutMs
    this.#http = apiServer((request, message) => {
      const caller = this.#callers.get(message.socket) ?? ''
      return answerBy(portRoutes, portsOfGuest(forwarder, caller), request)
    }, timeoutMs)
    // One request per connection, so that a client does not occupy one of the few connections.
    this.#http.maxRequestsPerSocket = 1
  }

  /** Serves a connection from a guest. */
  serve(stream: Duplex, caller: string): void {
    if (this.#callers.size >= mostConnections) {
      stream.destroy()
      return
    }
    this.#callers.set(stream, caller)
    // Node applies its own timeouts to sockets only.
    const timer = setTimeout(() => stream.destroy(), this.#timeoutMs)
    stream.on('error', () => {})
    stream.once('close', () => {
      clearTimeout(timer)
      this.#callers.delete(stream)
    })
    this.#http.emit('connection', stream)
  }

  [Symbol.dispose](): void {
    for (const stream of this.#callers.keys()) stream.destroy()
  }
}
