/**
 * Questions under way to upstream servers, without sockets or clock: fail-over from server to server, silent or
 * refusing ones skipped, truncated answers asked again over TCP, all within one deadline. An answer counts only
 * when it comes on the socket that asked, with the id and the question asked there.
 */
import { answersQuestion } from './cache.ts'
import { copyOf, flag, rcode, setUint16, uint16 } from './message.ts'
import { type DnsQuery, emitQuery, wantsDnssec } from './query.ts'
import { keyOf, ServerHealth, type UpstreamServer } from './upstreams.ts'

/** Sockets, as the exchanges need them. */
export interface UpstreamTransport {
  /** A UDP socket on a random port, connected to that server; a changing one of a small pool. */
  pick(server: UpstreamServer): number
  send(socket: number, message: Uint8Array): void
  /** One query less waits on the socket; an old one may be closed when none does. */
  release(socket: number): void
  /** One question over TCP; `done` is called once, with undefined on failure. Gives a function that cancels. */
  exchangeTcp(server: UpstreamServer, message: Uint8Array, done: (response?: Uint8Array) => void): () => void
}

type Done = (response: Uint8Array | undefined, nowMs: number) => void

interface Attempt {
  exchange: Exchange
  server: UpstreamServer
  socket: number
  id: number
  failed: boolean
}

interface Exchange {
  query: DnsQuery
  servers: readonly UpstreamServer[]
  attempts: Attempt[]
  /** Servers whose answer was no use, by key. */
  refused: Set<string>
  edns: boolean
  nextAtMs: number
  deadlineMs: number
  /** The best that came so far: a failure to pass on, or a truncated answer. */
  fallback: Uint8Array | undefined
  cancelTcp: (() => void) | undefined
  done: Done
}

/** Under the 5 s after which common resolvers ask again. */
const totalMs = 4500
const firstPatienceMs = 700
/** RFC 9715: answers of this size are not fragmented anywhere. */
const upstreamUdpBytes = 1232
export const maxExchanges = 4096

export class Exchanges {
  readonly #transport: UpstreamTransport
  readonly #random16: () => number
  readonly #running = new Set<Exchange>()
  /** By socket and id. */
  readonly #attempts = new Map<number, Attempt>()
  readonly health: ServerHealth = new ServerHealth()

  constructor(transport: UpstreamTransport, random16: () => number) {
    this.#transport = transport
    this.#random16 = random16
  }

  get running(): number {
    return this.#running.size
  }

  /** `done` is called once: with the response, or undefined when no server gave one in time. */
  ask(query: DnsQuery, servers: readonly UpstreamServer[], nowMs: number, done: Done): void {
    if (servers.length === 0 || this.#running.size >= maxExchanges) {
      done(undefined, nowMs)
      return
    }
    const exchange: Exchange = {
      query,
      servers: this.health.ordered(servers, nowMs),
      attempts: [],
      refused: new Set(),
      edns: true,
      nextAtMs: nowMs,
      deadlineMs: nowMs + totalMs,
      fallback: undefined,
      cancelTcp: undefined,
      done,
    }
    this.#running.add(exchange)
    this.#try(exchange, nowMs)
  }

  /** A datagram on one of the transport's sockets. */
  received(socket: number, response: Uint8Array, nowMs: number): void {
    if (response.length < 12) return
    const attempt = this.#attempts.get(attemptKey(socket, uint16(response, 0)))
    if (attempt === undefined || (uint16(response, 2) & flag.qr) === 0) return
    const { exchange, server } = attempt
    const code = response[3]! & 15
    const lacksQuestion = uint16(response, 4) === 0 && code === rcode.formErr
    if (!lacksQuestion && !answersQuestion(response, exchange.query)) return
    this.health.answered(server)
    if (exchange.cancelTcp !== undefined) return
    if (exchange.edns && (code === rcode.formErr || code === rcode.notImp)) {
      // RFC 6891 section 7: a server that does not know EDNS says so like this.
      exchange.edns = false
      this.#send(exchange, server)
    } else if (code !== rcode.noError && code !== rcode.nxDomain) {
      exchange.refused.add(keyOf(server))
      if (!lacksQuestion) exchange.fallback ??= copyOf(response)
      this.#tryUnlessWaiting(exchange, nowMs)
    } else if (uint16(response, 2) & flag.tc) {
      this.#overTcp(exchange, server, copyOf(response), nowMs)
    } else {
      this.#finish(exchange, response, nowMs)
    }
  }

  /** The socket's peer cannot be reached (ICMP unreachable, no route …). */
  failed(socket: number, nowMs: number): void {
    const attempts = [...this.#attempts.values()].filter((attempt) => attempt.socket === socket)
    for (const attempt of attempts) {
      this.#blame(attempt, nowMs)
      attempt.exchange.refused.add(keyOf(attempt.server))
    }
    for (const { exchange } of attempts)
      if (this.#running.has(exchange)) this.#tryUnlessWaiting(exchange, nowMs)
  }

  /** To be called every 100 ms or so while anything is `running`. */
  advance(nowMs: number): void {
    for (const exchange of [...this.#running]) {
      if (exchange.deadlineMs <= nowMs) this.#finish(exchange, exchange.fallback, nowMs)
      else if (exchange.nextAtMs <= nowMs) {
        this.#blame(exchange.attempts.at(-1)!, nowMs)
        this.#try(exchange, nowMs)
      }
    }
  }

  /** Ends all, e.g. when the resolver list changed or the server closes. */
  abandon(nowMs: number): void {
    for (const exchange of [...this.#running]) this.#finish(exchange, undefined, nowMs)
  }

  /** Asks the next server of the round; earlier ones may still answer. */
  #try(exchange: Exchange, nowMs: number): void {
    if (exchange.cancelTcp !== undefined) return
    const left = exchange.servers.filter((server) => !exchange.refused.has(keyOf(server)))
    if (left.length === 0) {
      this.#finish(exchange, exchange.fallback, nowMs)
      return
    }
    const round = Math.floor(exchange.attempts.length / left.length)
    exchange.nextAtMs = nowMs + firstPatienceMs * 2 ** round
    this.#send(exchange, left[exchange.attempts.length % left.length]!)
  }

  /** One server is out; the next is asked at once, unless another one may still answer. */
  #tryUnlessWaiting(exchange: Exchange, nowMs: number): void {
    const isWaiting = exchange.attempts.some(({ server }) => !exchange.refused.has(keyOf(server)))
    if (!isWaiting) this.#try(exchange, nowMs)
  }

  #send(exchange: Exchange, server: UpstreamServer): void {
    const socket = this.#transport.pick(server)
    let id = this.#random16()
    while (this.#attempts.has(attemptKey(socket, id))) id = (id + 1) & 0xffff
    const attempt = { exchange, server, socket, id, failed: false }
    exchange.attempts.push(attempt)
    this.#attempts.set(attemptKey(socket, id), attempt)
    this.#transport.send(socket, upstreamMessage(exchange, id))
  }

  #overTcp(exchange: Exchange, server: UpstreamServer, truncated: Uint8Array, nowMs: number): void {
    exchange.fallback = truncated
    exchange.nextAtMs = exchange.deadlineMs
    const id = this.#random16()
    exchange.cancelTcp = this.#transport.exchangeTcp(server, upstreamMessage(exchange, id), (response) => {
      exchange.cancelTcp = undefined
      if (!this.#running.has(exchange)) return
      const isAnswer =
        response !== undefined && uint16(response, 0) === id && answersQuestion(response, exchange.query)
      this.#finish(exchange, isAnswer ? response : truncated, nowMs)
    })
  }

  /** Each attempt counts against its server once, and only while nothing came from there. */
  #blame(attempt: Attempt, nowMs: number): void {
    if (attempt.failed || attempt.exchange.refused.has(keyOf(attempt.server))) return
    attempt.failed = true
    this.health.failed(attempt.server, nowMs)
  }

  #finish(exchange: Exchange, response: Uint8Array | undefined, nowMs: number): void {
    if (!this.#running.delete(exchange)) return
    for (const { socket, id } of exchange.attempts) {
      this.#attempts.delete(attemptKey(socket, id))
      this.#transport.release(socket)
    }
    exchange.cancelTcp?.()
    exchange.done(response, nowMs)
  }
}

function attemptKey(socket: number, id: number): number {
  return socket * 0x10000 + id
}

/** What we ask is our own message: the client's EDNS options are for us only. */
function upstreamMessage({ query, edns }: Exchange, id: number): Uint8Array {
  const message = emitQuery(query.bytes.subarray(12, query.nameEnd), query.type, query.class, {
    checkingDisabled: (query.flags & flag.cd) !== 0,
    edns: edns ? { udpSize: upstreamUdpBytes, dnssecOk: wantsDnssec(query) } : undefined,
  })
  setUint16(message, 0, id)
  return message
}
