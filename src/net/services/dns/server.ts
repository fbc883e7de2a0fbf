/**
 * The resolver at the gateway: our own names, then memory, then the upstream that the name belongs to.
 * No sockets and no clock; the adapter wires UDP and TCP port 53 and the upstream transport.
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
  /** The host's resolvers; another array whenever they changed. Called often, so it must be cheap. */
  systemServers: (nowMs: number) => readonly UpstreamServer[]
  /** Names that the host knows by itself; another array whenever they changed. */
  systemHosts?: () => readonly HostEntry[]
  /** Unpredictable, 0 … 65535: query ids. */
  random16: () => number
  policy?: NamePolicy
}

export interface DnsCounters {
  queries: number
  /** Answered from memory, our own names included. */
  remembered: number
  forwarded: number
  /** Ended in SERVFAIL: no upstream, or none that answered. */
  failed: number
  malformed: number
  /** Not to be asked for. */
  denied: number
}

const followSystemMs = 1000
const noHosts: readonly HostEntry[] = []

export class DnsServer {
  readonly log: QueryLog = new QueryLog()
  readonly #counted = { queries: 0, remembered: 0, malformed: 0, denied: 0 }
  readonly #systemServers: DnsServerOptions['systemServers']
  readonly #systemHosts: () => readonly HostEntry[]
  readonly #own: OwnAddresses
  readonly #policy: NamePolicy | undefined
  readonly #cache: AnswerCache
  readonly #upstream: UpstreamAnswers
  readonly #writer = new ReplyWriter()
  /** Of the moment. */
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
    const { asked, failed } = this.#upstream
    return { ...this.#counted, forwarded: asked, failed }
  }

  /** What is under way to upstream servers. */
  get exchanges(): Exchanges {
    return this.#upstream.exchanges
  }

  get settings(): DnsSettings {
    return this.#settings
  }

  /** Live: the next query sees the new names and upstreams; the cache starts empty. */
  setSettings(settings: DnsSettings): void {
    this.#settings = settings
    this.#names = this.#localNames()
    this.#cache.configure(settings.cache)
    this.#upstream.configure(settings, this.#system)
  }

  get zones(): readonly LocalZone[] {
    return this.#zones
  }

  /** Zones in addition to the settings, from the API; they come first. */
  setZones(zones: readonly LocalZone[]): void {
    this.#zones = zones
    this.setSettings(this.#settings)
  }

  /**
   * Replies once: at once from own names or memory, else when an upstream has answered or all have failed. False
   * when it never will, because the bytes deserve no reply.
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
      this.#counted.remembered += 1
      if (this.log.isOn(nowMs)) this.#note(query, client, 'cache', known, nowMs, nowMs)
      this.#tell(client, query, known, nowMs)
      return true
    }
    const kept = keptQuery(query)
    const waiting = client.keep()
    this.#resolve(kept, nowMs, (answer, atMs) => {
      if (this.log.isOn(atMs)) this.#note(kept, waiting, 'upstream', answer, nowMs, atMs)
      this.#tell(waiting, kept, answer, atMs)
    })
    return true
  }

  /** Only while someone looks. */
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

  /** What our own names say is no secret; only a rule that names one takes it away. */
  #isDenied(query: DnsQuery, policy: NamePolicy, client: DnsClient, nowMs: number): boolean {
    const name = readName(query.bytes, headerBytes)!.text
    const verdict = policy.judgeName(name)
    if (verdict === 'allow') return false
    if (verdict === 'deny-by-default' && this.#names.lookup(name, query.type) !== undefined) return false
    policy.noteName(name, client, nowMs)
    return true
  }

  #tell(client: DnsClient, query: DnsQuery, answer: Answer, nowMs: number): void {
    if (this.#policy?.isActive) {
      const ageSeconds = Math.floor((nowMs - answer.storedAtMs) / 1000)
      const isOwn = this.#isOwn(readName(query.bytes, headerBytes)!.text, query.type)
      this.#policy.learn(answer.message, ageSeconds, nowMs, isOwn)
    }
    client.reply(this.#writer.bytes, this.#writer.answer(query, answer, client.channel, nowMs))
  }

  /** Whether our names say the addresses, by aliases too. */
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

  /** The host may have come to another network: other resolvers, other answers. */
  #followSystem(nowMs: number): void {
    this.#systemSeenMs = nowMs
    const system = this.#systemServers(nowMs)
    const hosts = this.#systemHosts()
    if (system === this.#system && hosts === this.#hosts) return
    this.#system = system
    this.#hosts = hosts
    this.setSettings(this.#settings)
  }

  /** The host's own names come from its resolver: without the system resolver they are not served. */
  #localNames(): LocalNames {
    const { hosts, upstreams } = this.#settings
    const given = Object.entries(hosts).map(([name, value]) => ({ name, value }))
    return new LocalNames(this.#own, given, this.#zones, upstreams.includes('system') ? this.#hosts : noHosts)
  }
}

/** Aliases of the user's hosts that lead to each other. */
const maxOwnAliases = 8
