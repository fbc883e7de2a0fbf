/**
 * DNS resolver of the gateway: local names, then the cache, then the upstream servers of the name. Without
 * sockets and clock; the adapter connects UDP and TCP port 53 and the upstream transport.
 */
import type { DnsSettings } from '../../../config/desired.ts'
import { headerBytes } from '../../wire/dns.ts'
import { readName } from '../../wire/domain-name.ts'
import type { Answer } from './answer.ts'
import { AnswerCache } from './cache.ts'
import type { DnsClient, NamePolicy } from './client.ts'
import type { Exchanges, UpstreamTransport } from './exchanges.ts'
import { answerLocally, withTarget } from './local-answer.ts'
import { type HostEntry, LocalNames, type OwnAddresses } from './local-names.ts'
import { type DnsQuery, emptyQuery, keptQuery, parseQuery, refusalOf } from './query.ts'
import { type LoggedQuery, QueryLog } from './query-log.ts'
import { ReplyWriter } from './reply.ts'
import { type AnswerDone, UpstreamAnswers } from './upstream-answers.ts'
import type { UpstreamServer } from './upstreams.ts'
import type { LocalZone } from './zones.ts'

export interface DnsServerOptions {
  settings: DnsSettings
  own: OwnAddresses
  transport: UpstreamTransport
  /** The host's resolvers; a new array whenever they change. Called often, so it must be cheap. */
  systemServers: (nowMs: number) => readonly UpstreamServer[]
  /** Static names of the host; a new array whenever they change. */
  systemHosts?: () => readonly HostEntry[]
  /** Unpredictable, 0 … 65535: query IDs. */
  random16: () => number
  policy?: NamePolicy
}

export interface DnsCounters {
  queries: number
  /** Answered from the cache, including local names. */
  cached: number
  forwarded: number
  /** Ended in SERVFAIL: no upstream, or no response. */
  failed: number
  malformed: number
  /** Denied by egress. */
  denied: number
}

const followSystemMs = 1000
const noHosts: readonly HostEntry[] = []

export class DnsServer {
  readonly log: QueryLog = new QueryLog()
  readonly #counted = { queries: 0, cached: 0, malformed: 0, denied: 0 }
  readonly #systemServers: DnsServerOptions['systemServers']
  readonly #systemHosts: () => readonly HostEntry[]
  readonly #own: OwnAddresses
  readonly #policy: NamePolicy | undefined
  readonly #cache: AnswerCache
  readonly #upstream: UpstreamAnswers
  readonly #writer = new ReplyWriter()
  /** The current query. */
  readonly #query = emptyQuery()
  #settings: DnsSettings
  #zones: readonly LocalZone[] = []
  #names: LocalNames
  #system: readonly UpstreamServer[] = []
  #hosts: readonly HostEntry[] = noHosts
  #systemSeenMs = Number.NEGATIVE_INFINITY

  constructor({ settings, own, transport, systemServers, systemHosts, random16, policy }: DnsServerOptions) {
    this.#policy = policy
    this.#settings = settings
    this.#own = own
    this.#systemServers = systemServers
    this.#systemHosts = systemHosts ?? (() => noHosts)
    this.#cache = new AnswerCache(settings.cache)
    this.#names = this.#localNames()
    this.#upstream = new UpstreamAnswers(settings, this.#cache, transport, random16)
  }

  get counters(): DnsCounters {
    const { forwarded, failed } = this.#upstream
    return { ...this.#counted, forwarded, failed }
  }

  /** Pending upstream queries. */
  get exchanges(): Exchanges {
    return this.#upstream.exchanges
  }

  get settings(): DnsSettings {
    return this.#settings
  }

  /** Applied live: the next query uses the new names and upstreams; the cache is cleared. */
  setSettings(settings: DnsSettings): void {
    this.#settings = settings
    this.#names = this.#localNames()
    this.#cache.configure(settings.cache)
    this.#upstream.configure(settings, this.#system)
  }

  get zones(): readonly LocalZone[] {
    return this.#zones
  }

  /** Zones in addition to the settings, set by the API; they take precedence. */
  setZones(zones: readonly LocalZone[]): void {
    this.#zones = zones
    this.setSettings(this.#settings)
  }

  /**
   * Replies once: synchronously from local names or the cache, otherwise when an upstream has answered or all
   * have failed. Returns false if there will be no reply, because the message is not a query.
   */
  handle(bytes: Uint8Array, client: DnsClient, nowMs: number): boolean {
    const query = parseQuery(bytes, this.#query)
    const writer = this.#writer
    if (typeof query !== 'object') {
      this.#counted.malformed += 1
      if (query === 'drop') return false
      client.reply(writer.bytes, writer.headerOnly(bytes, query))
      return true
    }
    this.#counted.queries += 1
    if (Math.abs(nowMs - this.#systemSeenMs) >= followSystemMs) this.#followSystem(nowMs)
    const refusal = refusalOf(query)
    if (refusal !== undefined) {
      if (this.log.isOn(nowMs)) this.#note(query, client, 'refused', undefined, nowMs, nowMs)
      client.reply(writer.bytes, writer.error(query, refusal))
      return true
    }
    if (this.#policy?.isActive && this.#isDenied(query, this.#policy, client, nowMs)) {
      this.#counted.denied += 1
      if (this.log.isOn(nowMs)) this.#note(query, client, 'denied', undefined, nowMs, nowMs)
      client.reply(writer.bytes, writer.denied(query))
      return true
    }
    const known = this.#cache.get(query, nowMs)
    if (known !== undefined) {
      this.#counted.cached += 1
      if (this.log.isOn(nowMs)) this.#note(query, client, 'cache', known, nowMs, nowMs)
      this.#answer(client, query, known, nowMs)
      return true
    }
    const kept = keptQuery(query)
    const waiting = client.keep()
    this.#resolve(kept, nowMs, (answer, atMs) => {
      if (this.log.isOn(atMs)) this.#note(kept, waiting, 'upstream', answer, nowMs, atMs)
      this.#answer(waiting, kept, answer, atMs)
    })
    return true
  }

  /** Called only while the log is being read. */
  #note(
    query: DnsQuery,
    { guest }: DnsClient,
    source: LoggedQuery['source'],
    answer: Answer | undefined,
    atMs: number,
    endMs: number,
  ): void {
    const name = readName(query.bytes, headerBytes)?.text ?? ''
    const { type } = query
    const isOurs = answer !== undefined && this.#names.lookup(name, type) !== undefined
    this.log.add({
      ...{ atMs, guest, name, type, milliseconds: endMs - atMs },
      source: isOurs ? 'own' : source,
      message: answer?.message,
      rule: source === 'denied' ? this.#policy?.deniedBy : undefined,
    })
  }

  /** Local names are denied only by a rule for the name, not by default, because their answers are no secret. */
  #isDenied(query: DnsQuery, policy: NamePolicy, client: DnsClient, nowMs: number): boolean {
    const name = readName(query.bytes, headerBytes)!.text
    const verdict = policy.judgeName(name)
    if (verdict === 'allow') return false
    if (verdict === 'deny-by-default' && this.#names.lookup(name, query.type) !== undefined) return false
    policy.noteName(name, client, nowMs)
    return true
  }

  #answer(client: DnsClient, query: DnsQuery, answer: Answer, nowMs: number): void {
    if (this.#policy?.isActive) {
      const ageSeconds = Math.floor((nowMs - answer.storedAtMs) / 1000)
      const isOwn = this.#isOwn(readName(query.bytes, headerBytes)!.text, query.type)
      this.#policy.learn(answer.message, ageSeconds, nowMs, isOwn)
    }
    client.reply(this.#writer.bytes, this.#writer.answer(query, answer, client.channel, nowMs))
  }

  /** Whether the name resolves to addresses from our own configuration, possibly by aliases. */
  #isOwn(name: string, type: number): boolean {
    let found = this.#names.lookup(name, type)
    for (let depth = 0; found?.kind === 'alias' && depth < maxOwnAliases; depth += 1)
      found = this.#names.lookup(found.target, type)
    return found?.kind === 'records'
  }

  #resolve(query: DnsQuery, nowMs: number, done: AnswerDone): void {
    const local = answerLocally(this.#names, query, nowMs)
    switch (local?.kind) {
      case undefined:
        this.#upstream.ask(query, nowMs, done)
        break
      case 'answer':
        this.#cache.put(query, local.answer)
        done(local.answer, nowMs)
        break
      case 'ask': {
        const { target, begun } = local
        const finish: AnswerDone = (answer, atMs) => done(withTarget(begun, answer, atMs), atMs)
        const known = this.#cache.get(target, nowMs)
        if (known === undefined) this.#upstream.ask(target, nowMs, finish)
        else finish(known, nowMs)
      }
    }
  }

  /** Reloads the host's resolvers and names: the host may have moved to another network. */
  #followSystem(nowMs: number): void {
    this.#systemSeenMs = nowMs
    const system = this.#systemServers(nowMs)
    const hosts = this.#systemHosts()
    if (system === this.#system && hosts === this.#hosts) return
    this.#system = system
    this.#hosts = hosts
    this.setSettings(this.#settings)
  }

  /** The host's static names are part of its resolver: without `system` upstreams they are not served. */
  #localNames(): LocalNames {
    const { hosts, upstreams } = this.#settings
    const given = Object.entries(hosts).map(([name, value]) => ({ name, value }))
    return new LocalNames(this.#own, given, this.#zones, upstreams.includes('system') ? this.#hosts : noHosts)
  }
}

/** Limits alias loops in the user's hosts. */
const maxOwnAliases = 8
