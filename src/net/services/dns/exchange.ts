/**
 * One question under way: which servers may still answer it, which is asked next and when, and the best that came
 * so far.
 */
import { copyOf, flag, type ParsedResponse, parseResponse, setUint16, uint16 } from '../../wire/dns.ts'
import { type DnsQuery, emitQuery } from './query.ts'
import type { UpstreamServer } from './upstreams.ts'

export interface Attempt {
  readonly exchange: Exchange
  readonly server: UpstreamServer
  readonly socket: number
  readonly id: number
  /** It counts against its server once. */
  isBlamed: boolean
}

/** Undefined: no server gave a response. A truncated one may end within a record, and then that is all it says. */
export type Outcome = ParsedResponse | 'truncated' | undefined
/** The outcome is valid during the call only. */
export type ExchangeDone = (outcome: Outcome, nowMs: number) => void

/** Under the 5 s after which common resolvers ask again. */
const totalMs = 4500
const firstPatienceMs = 700
/** RFC 9715: answers of this size are not fragmented anywhere. */
const upstreamUdpBytes = 1232

export class Exchange {
  readonly query: DnsQuery
  readonly done: ExchangeDone
  readonly deadlineMs: number
  readonly attempts: Attempt[] = []
  /** Servers that may still answer, in the order to ask them. */
  left: readonly UpstreamServer[]
  nextAtMs: number
  /** Ours has OPT; some server said that it does not know that. */
  edns = true
  cancelTcp: (() => void) | undefined = undefined
  /** A failure to pass on, or a truncated answer. */
  #fallback: Uint8Array | undefined

  constructor(query: DnsQuery, servers: readonly UpstreamServer[], nowMs: number, done: ExchangeDone) {
    this.query = query
    this.left = servers
    this.nextAtMs = nowMs
    this.deadlineMs = nowMs + totalMs
    this.done = done
  }

  /** The outcome when nothing better comes any more. */
  get fallback(): Outcome {
    const bytes = this.#fallback
    if (bytes === undefined) return undefined
    return parseResponse(bytes) ?? (uint16(bytes, 2) & flag.tc ? 'truncated' : undefined)
  }

  /** It answered, and a truncated answer is worth more than a failure. */
  keep(response: Uint8Array, isTruncated: boolean): void {
    if (isTruncated || this.#fallback === undefined) this.#fallback = copyOf(response)
  }

  /** Whether that server may still answer. */
  isLeft(server: UpstreamServer): boolean {
    return this.left.includes(server)
  }

  drop(server: UpstreamServer): void {
    this.left = this.left.filter((other) => other !== server)
  }

  /** Some server that was asked may still answer. */
  get isAwaited(): boolean {
    return this.attempts.some(({ server }) => this.isLeft(server))
  }

  /** Whom to ask now: who was asked least. Each round has twice the patience of the one before. */
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

  /** What is asked is our own message: the client's EDNS options are for us only. */
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
