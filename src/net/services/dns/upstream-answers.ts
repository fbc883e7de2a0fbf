/** Upstream answers: identical pending queries share one answer, and cacheable answers are cached. */
import type { DnsSettings } from '../../../config/desired.ts'
import { flag, headerBytes, rcode } from '../../wire/dns.ts'
import { readName } from '../../wire/domain-name.ts'
import { type Answer, answerFrom, emptyAnswer } from './answer.ts'
import type { AnswerCache } from './cache.ts'
import type { Outcome } from './exchange.ts'
import { Exchanges, type UpstreamTransport } from './exchanges.ts'
import { type DnsQuery, isSameQuestion } from './query.ts'
import { Routes, type UpstreamServer } from './upstreams.ts'

export type AnswerDone = (answer: Answer, nowMs: number) => void

interface Pending {
  query: DnsQuery
  waiters: AnswerDone[]
}

/** Limit of waiting clients over all queries. */
export const maxWaiters = 8192

export class UpstreamAnswers {
  readonly exchanges: Exchanges
  readonly #cache: AnswerCache
  /** Keyed by the question's hash. */
  readonly #pending = new Map<number, Pending>()
  #settings: DnsSettings
  #routes: Routes
  #waiters = 0
  forwarded = 0
  /** Queries without a usable response. */
  failed = 0

  constructor(
    settings: DnsSettings,
    cache: AnswerCache,
    transport: UpstreamTransport,
    random16: () => number,
  ) {
    this.#settings = settings
    this.#cache = cache
    this.#routes = new Routes(settings, [])
    this.exchanges = new Exchanges(transport, random16)
  }

  configure(settings: DnsSettings, system: readonly UpstreamServer[]): void {
    this.#settings = settings
    this.#routes = new Routes(settings, system)
    this.exchanges.health.forget()
    // Queries in flight went to the previous servers: nothing new waits for them, and `#begin` does not cache them.
    this.#pending.clear()
  }

  /** `done` is called once. Takes ownership of the query's bytes. */
  ask(query: DnsQuery, nowMs: number, done: AnswerDone): void {
    // Without "recursion desired", only local and cached answers are returned.
    if ((query.flags & flag.rd) === 0) {
      done(emptyAnswer(query, rcode.refused, nowMs), nowMs)
      return
    }
    const same = this.#pending.get(query.hash)
    const isShared = same !== undefined && isSameQuestion(same.query, query)
    if (!isShared) this.#begin(query, nowMs, done)
    else if (this.#waiters < maxWaiters) {
      this.#waiters += 1
      same.waiters.push(done)
    } else {
      this.failed += 1
      done(emptyAnswer(query, rcode.servFail, nowMs), nowMs)
    }
  }

  #begin(query: DnsQuery, nowMs: number, done: AnswerDone): void {
    const pending: Pending = { query, waiters: [] }
    this.#pending.set(query.hash, pending)
    this.forwarded += 1
    const servers = this.#routes.serversFor(readName(query.bytes, headerBytes)!.text)
    this.exchanges.ask(query, servers, nowMs, (outcome, atMs) => {
      // Another question may have replaced it with the same hash, or the settings have changed.
      const isCurrent = this.#pending.get(query.hash) === pending
      if (isCurrent) this.#pending.delete(query.hash)
      this.#waiters -= pending.waiters.length
      const answer = this.#learn(query, outcome, atMs, isCurrent)
      done(answer, atMs)
      for (const waiter of pending.waiters) waiter(answer, atMs)
    })
  }

  #learn(query: DnsQuery, outcome: Outcome, nowMs: number, isCurrent: boolean): Answer {
    if (typeof outcome === 'object' && outcome.questionEnd > headerBytes) {
      const answer = answerFrom(outcome, query.type, this.#settings.cache, nowMs)
      if (isCurrent) this.#cache.put(query, answer)
      return answer
    }
    this.failed += 1
    return emptyAnswer(query, outcome === 'truncated' ? flag.tc : rcode.servFail, nowMs)
  }
}
