/** A pending upstream query: the remaining servers, the next one and its time, and the best response so far. */
import { copyOf, flag, type ParsedResponse, parseResponse, setUint16, uint16 } from '../../wire/dns.ts'
import { type DnsQuery, emitQuery } from './query.ts'
import type { UpstreamServer } from './upstreams.ts'

export interface Attempt {
  readonly exchange: Exchange
  readonly server: UpstreamServer
  readonly socket: number
  readonly id: number
  /** The failure was counted against its server. */
  isBlamed: boolean
}

/** Undefined: no response. `truncated`: a truncated response that ends within a record. */
export type Outcome = ParsedResponse | 'truncated' | undefined
/** The outcome is valid during the call only. */
export type ExchangeDone = (outcome: Outcome, nowMs: number) => void

/** Less than the 5 s after which common resolvers retry. */
const totalMs = 4500
const firstPatienceMs = 700
/** RFC 9715: responses of this size are not fragmented. */
const upstreamUdpBytes = 1232

export class Exchange {
  readonly query: DnsQuery
  readonly done: ExchangeDone
  readonly deadlineMs: number
  readonly attempts: Attempt[] = []
  /** Servers that may still respond, in query order. */
  left: readonly UpstreamServer[]
  nextAtMs: number
  /** The query has OPT; false after a server rejected it. */
  edns = true
  cancelTcp: (() => void) | undefined = undefined
  /** A failure or truncated response to use if there is no better one. */
  #fallback: Uint8Array | undefined

  constructor(query: DnsQuery, servers: readonly UpstreamServer[], nowMs: number, done: ExchangeDone) {
    this.query = query
    this.left = servers
    this.nextAtMs = nowMs
    this.deadlineMs = nowMs + totalMs
    this.done = done
  }

  /** The outcome if no better response arrives. */
  get fallback(): Outcome {
    const bytes = this.#fallback
    if (bytes === undefined) return undefined
    return parseResponse(bytes) ?? (uint16(bytes, 2) & flag.tc ? 'truncated' : undefined)
  }

  /** Keeps a response as fallback; a truncated response is preferred to a failure. */
  keep(response: Uint8Array, isTruncated: boolean): void {
    if (isTruncated || this.#fallback === undefined) this.#fallback = copyOf(response)
  }

  /** Whether that server may still respond. */
  isLeft(server: UpstreamServer): boolean {
    return this.left.includes(server)
  }

  drop(server: UpstreamServer): void {
    this.left = this.left.filter((other) => other !== server)
  }

  /** A queried server may still respond. */
  get isAwaited(): boolean {
    return this.attempts.some(({ server }) => this.isLeft(server))
  }

  /** The least queried server. Each round waits twice as long as the previous one. */
  next(nowMs: number): UpstreamServer | undefined {
    let chosen: UpstreamServer | undefined
    let least = Number.POSITIVE_INFINITY
    for (const server of this.left) {
      const times = this.attempts.filter((attempt) => attempt.server === server).length
      if (times >= least) continue
      chosen = server
      least = times
    }
    if (chosen !== undefined) this.nextAtMs = nowMs + firstPatienceMs * 2 ** least
    return chosen
  }

  /** The upstream query. The client's EDNS options are not forwarded. */
  message(id: number): Uint8Array {
    const { query, edns } = this
    const message = emitQuery(query.bytes.subarray(12, query.nameEnd), query.type, query.class, {
      checkingDisabled: (query.flags & flag.cd) !== 0,
      edns: edns ? { udpSize: upstreamUdpBytes, dnssecOk: query.dnssecOk } : undefined,
    })
    setUint16(message, 0, id)
    return message
  }
}
