/**
 * Pending upstream queries, without sockets or clock: fail-over between servers, skipping those that are silent
 * or refuse; truncated responses are retried over TCP; all within one deadline. A response is accepted only on
 * the socket of its query, with the same ID and question.
 */
import { flag, parseResponse, rcode, uint16 } from '../../wire/dns.ts'
import { type Attempt, Exchange, type ExchangeDone, type Outcome } from './exchange.ts'
import { type DnsQuery, hasQuestion } from './query.ts'
import { ServerHealth, type UpstreamServer } from './upstreams.ts'

/** Sockets for upstream queries. */
export interface UpstreamTransport {
  /** A random UDP socket of a small pool, connected to that server; undefined if none can be opened. */
  pick(server: UpstreamServer): number | undefined
  send(socket: number, message: Uint8Array): void
  /** Ends a query on the socket; a retired socket may close after its last one. */
  release(socket: number): void
  /**
   * Sends one query over TCP; `done` is called once, with undefined on failure. Returns a function that cancels
   * it.
   */
  exchangeTcp(
    server: UpstreamServer,
    message: Uint8Array,
    done: (response: Uint8Array | undefined, nowMs: number) => void,
  ): () => void
}

export const maxExchanges = 4096
/** Each needs a file descriptor, and truncated responses cause them. */
export const maxTcpExchanges = 64

export class Exchanges {
  readonly #transport: UpstreamTransport
  readonly #random16: () => number
  /** Oldest first. */
  readonly #running = new Set<Exchange>()
  /** Keyed by socket and ID. */
  readonly #attempts = new Map<number, Attempt>()
  readonly health: ServerHealth = new ServerHealth()
  #overTcp = 0
  readonly #tcpQueue = new Set<() => void>()

  constructor(transport: UpstreamTransport, random16: () => number) {
    this.#transport = transport
    this.#random16 = random16
  }

  get running(): number {
    return this.#running.size
  }

  /** `done` is called once. */
  ask(query: DnsQuery, servers: readonly UpstreamServer[], nowMs: number, done: ExchangeDone): void {
    if (servers.length === 0) {
      done(undefined, nowMs)
      return
    }
    // Evict the oldest, which is the least likely to succeed; a flood of dead names must not block other queries.
    if (this.#running.size >= maxExchanges) {
      const oldest: Exchange = this.#running.values().next().value!
      this.#finish(oldest, oldest.fallback, nowMs)
    }
    const exchange = new Exchange(query, this.health.ordered(servers, nowMs), nowMs, done)
    this.#running.add(exchange)
    this.#try(exchange, nowMs)
  }

  /** Processes a datagram of one of the transport's sockets. */
  received(socket: number, response: Uint8Array, nowMs: number): void {
    if (response.length < 12) return
    const attempt = this.#attempts.get(attemptKey(socket, uint16(response, 0)))
    if (attempt === undefined || !isQueryResponse(response)) return
    const { exchange, server } = attempt
    const code = response[3]! & 15
    const hasFailed = isFailure(code)
    // Some servers report failure with a bare header.
    const isBare = hasFailed && uint16(response, 4) === 0
    if (!isBare && !hasQuestion(response, exchange.query)) return
    this.health.answered(server)
    if (exchange.cancelTcp !== undefined) return
    if (exchange.edns && (code === rcode.formErr || code === rcode.notImp)) {
      // RFC 6891 section 7: a server without EDNS answers with these codes.
      exchange.edns = false
      this.#send(exchange, server, nowMs)
    } else if (!hasFailed && uint16(response, 2) & flag.tc) {
      exchange.keep(response, true)
      this.#askOverTcp(exchange, server)
    } else {
      const parsed = hasFailed ? undefined : parseResponse(response)
      if (parsed?.rcode === code) {
        this.#finish(exchange, parsed, nowMs)
        return
      }
      if (hasFailed && !isBare) exchange.keep(response, false)
      this.#without(exchange, server, nowMs)
    }
  }

  /** The socket's peer is unreachable (ICMP unreachable, no route …). */
  failed(socket: number, nowMs: number): void {
    const attempts = [...this.#attempts.values()].filter((attempt) => attempt.socket === socket)
    for (const attempt of attempts) this.#blame(attempt, nowMs)
    for (const { exchange, server } of attempts) this.#without(exchange, server, nowMs)
  }

  /** Call about every 100 ms while any query is `running`. */
  advance(nowMs: number): void {
    for (const exchange of [...this.#running]) {
      if (exchange.deadlineMs <= nowMs) this.#finish(exchange, exchange.fallback, nowMs)
      else if (exchange.nextAtMs <= nowMs && exchange.cancelTcp === undefined) {
        this.#blame(exchange.attempts.at(-1)!, nowMs)
        this.#try(exchange, nowMs)
      }
    }
  }

  /** Ends all queries, for example when the resolver list has changed or the server closes. */
  abandon(nowMs: number): void {
    for (const exchange of [...this.#running]) this.#finish(exchange, undefined, nowMs)
  }

  /** Queries the next server of the round; previous ones may still respond. */
  #try(exchange: Exchange, nowMs: number): void {
    const server = exchange.next(nowMs)
    if (server === undefined) this.#finish(exchange, exchange.fallback, nowMs)
    else this.#send(exchange, server, nowMs)
  }

  /** Excludes a server; queries the next one immediately, unless another queried server may still respond. */
  #without(exchange: Exchange, server: UpstreamServer, nowMs: number): void {
    exchange.drop(server)
    if (!this.#running.has(exchange) || exchange.cancelTcp !== undefined || exchange.isAwaited) return
    this.#try(exchange, nowMs)
  }

  #send(exchange: Exchange, server: UpstreamServer, nowMs: number): void {
    const socket = this.#transport.pick(server)
    if (socket === undefined) {
      this.health.failed(server, nowMs)
      this.#without(exchange, server, nowMs)
      return
    }
    let id = this.#random16()
    while (this.#attempts.has(attemptKey(socket, id))) id = (id + 1) & 0xffff
    const attempt = { exchange, server, socket, id, isBlamed: false }
    exchange.attempts.push(attempt)
    this.#attempts.set(attemptKey(socket, id), attempt)
    this.#transport.send(socket, exchange.message(id))
  }

  /** Starts a TCP query, or queues it if the limit is reached. */
  #askOverTcp(exchange: Exchange, server: UpstreamServer): void {
    const begin = () => this.#beginTcp(exchange, server)
    if (this.#overTcp < maxTcpExchanges) begin()
    else {
      this.#tcpQueue.add(begin)
      exchange.cancelTcp = () => this.#tcpQueue.delete(begin)
    }
  }

  #beginTcp(exchange: Exchange, server: UpstreamServer): void {
    const id = this.#random16()
    this.#overTcp += 1
    const cancel = this.#transport.exchangeTcp(server, exchange.message(id), (response, nowMs) => {
      exchange.cancelTcp = undefined
      const isAnswer =
        response !== undefined &&
        uint16(response, 0) === id &&
        isQueryResponse(response) &&
        hasQuestion(response, exchange.query)
      const parsed = isAnswer ? parseResponse(response) : undefined
      if (parsed !== undefined && !isFailure(parsed.rcode)) this.#finish(exchange, parsed, nowMs)
      else this.#without(exchange, server, nowMs)
      this.#tcpEnded()
    })
    exchange.cancelTcp = () => {
      cancel()
      this.#tcpEnded()
    }
  }

  #tcpEnded(): void {
    this.#overTcp -= 1
    const [next] = this.#tcpQueue
    if (next === undefined) return
    this.#tcpQueue.delete(next)
    next()
  }

  /** Counts a failure of a server, once per attempt and only while it may still respond. */
  #blame(attempt: Attempt, nowMs: number): void {
    if (attempt.isBlamed || !attempt.exchange.isLeft(attempt.server)) return
    attempt.isBlamed = true
    this.health.failed(attempt.server, nowMs)
  }

  #finish(exchange: Exchange, outcome: Outcome, nowMs: number): void {
    if (!this.#running.delete(exchange)) return
    for (const { socket, id } of exchange.attempts) {
      this.#attempts.delete(attemptKey(socket, id))
      this.#transport.release(socket)
    }
    exchange.cancelTcp?.()
    exchange.done(outcome, nowMs)
  }
}

/** Another server may know better. */
function isFailure(code: number): boolean {
  return code !== rcode.noError && code !== rcode.nxDomain
}

/** A response to QUERY; other opcodes are ignored (RFC 1035 section 4.1.1). */
function isQueryResponse(message: Uint8Array): boolean {
  return (uint16(message, 2) & (flag.qr | flag.opcode)) === flag.qr
}

function attemptKey(socket: number, id: number): number {
  return socket * 0x10000 + id
}
