/**
 * Egress policy: the first matching rule wins. Evaluated on DNS queries and on outgoing connections, datagrams
 * and pings; never for gateway services.
 */
import type { EgressSettings } from '../../config/desired.ts'
import { openEgress } from '../../config/egress-rule.ts'
import { type AddressTable, isIpv6 } from '../core/address-table.ts'
import { headerBytes, parseResponse } from '../wire/dns.ts'
import { readName } from '../wire/domain-name.ts'
import { protocol } from '../wire/ipv4.ts'
import { addressKey, aliasChain } from './answer.ts'
import type { Denials } from './denials.ts'
import { innerTest } from './inner.ts'
import { LearnedAddresses } from './learned.ts'
import { EgressNotes, type Flow, type NameSender } from './notes.ts'
import { type CompiledRule, compileRule, coversAllPorts, coversPort } from './rules.ts'
import type { EgressSends } from './sends.ts'

/** Hit counters of a rule since it was set. */
export interface EgressRuleView {
  /** `deny 10.0.0.0/8:22/tcp`; `default allow` for destinations without a rule. */
  rule: string
  /** Connections, datagrams and pings. */
  sends: number
  /** DNS queries. */
  names: number
}

export class Egress {
  readonly learned: LearnedAddresses = new LearnedAddresses()
  /** The sender of the last packet denied by `allows` will be looked up in the guest's conntrack. */
  isTraced = false
  readonly #notes: EgressNotes = new EgressNotes(this)
  readonly #isInner: (address: Uint8Array) => boolean
  #settings: EgressSettings = openEgress
  #rules: readonly CompiledRule[] = []
  /** Indexed by rule; the last entry is the default. */
  #sends = new Float64Array(1)
  #names = new Float64Array(1)
  /** Unmatched traffic is denied. */
  #isClosed = false
  /** Index of the rule that denied the last evaluated name. */
  #deniedBy = 0
  /** False: everything is allowed; skip evaluation. */
  isActive = false
  #isRecording = false
  /** The last result of `allows` was by name; the address may have other names that are denied. */
  isByName = false
  /** Resolves IPv6 address handles. */
  table6: Pick<AddressTable, 'text' | 'isWithin'> | undefined

  /** @param own networks of the link. */
  constructor(own: readonly string[] = []) {
    this.#isInner = innerTest(own)
  }

  get denials(): Denials {
    return this.#notes.denials
  }

  get settings(): EgressSettings {
    return this.#settings
  }

  /** Applied live. Unchanged rules keep their counters. Throws on an invalid rule, without changing anything. */
  set settings(settings: EgressSettings) {
    const rules = settings.rules.map(compileRule)
    const before = new Map(this.view().map((view) => [view.rule, view]))
    this.#settings = settings
    this.#rules = rules
    this.learned.rules = rules
    this.isActive = this.#isRecording || this.#isJudging()
    const deniesAll = ({ isAllow, matchesName, mask, ipv6 }: CompiledRule): boolean =>
      !isAllow && matchesName === undefined && mask === 0 && ipv6 === undefined
    this.#isClosed = settings.default === 'deny' || rules.some(deniesAll)
    const kept = this.view().map(({ rule }) => before.get(rule))
    this.#sends = Float64Array.from(kept, (view) => view?.sends ?? 0)
    this.#names = Float64Array.from(kept, (view) => view?.names ?? 0)
  }

  /**
   * Whether the packet is allowed; denials are recorded. `port` is -1 for protocols without ports, `guest` is -1
   * if there is no sender.
   */
  allows(proto: number, address: number, port: number, nowMs: number, guest: number = -1): boolean {
    const rules = this.#rules
    const is6 = isIpv6(address)
    for (let i = 0; i < rules.length; i += 1) {
      const rule = rules[i]!
      if (!coversPort(rule, proto, port)) continue
      if (rule.matchesName === undefined) {
        // The wildcard network covers IPv6 too.
        if (is6 ? !this.#covers6(rule, address) : (address & rule.mask) !== rule.network) continue
      } else {
        // Handles are reused, so key learned addresses by text.
        const key = is6 ? (this.table6?.text(address) ?? '') : address
        if (!this.learned.isOf(key, i, nowMs)) continue
        if (proto === protocol.udp) this.learned.used(key, i, nowMs)
      }
      this.#sends[i]! += 1
      if (!rule.isAllow) this.isTraced = this.#notes.refusedSend(i, proto, address, port, guest, nowMs)
      this.isByName = rule.matchesName !== undefined && this.#isClosed
      return rule.isAllow
    }
    this.#sends[rules.length]! += 1
    this.isByName = false
    if (this.#settings.default === 'allow') {
      if (this.#isRecording) this.#record(proto, address, port, guest, nowMs)
      return true
    }
    this.isTraced = this.#notes.refusedSend(rules.length, proto, address, port, guest, nowMs)
    return false
  }

  /**
   * Whether a connection allowed by name may continue, now that its server name is known; denials are recorded.
   */
  allowsServer(
    { address, port, guest }: Flow,
    names: readonly string[],
    isHidden: boolean,
    nowMs: number,
  ): boolean {
    const key = isIpv6(address) ? (this.table6?.text(address) ?? '') : address
    for (const name of names) {
      const rule = this.#rules.findIndex(
        (one) => coversPort(one, protocol.tcp, port) && this.#isAbout(one, name, address),
      )
      const found = this.#rules[rule]
      // The queried name may be an alias of the rule's name.
      const isAllowed =
        found?.isAllow === true ||
        (found?.matchesName === undefined && this.learned.isAlias(key, name, nowMs))
      if (isAllowed) continue
      const text = this.ruleText(rule < 0 ? this.#rules.length : rule)
      this.#notes.refusedServer(text, { address, port, guest }, name, nowMs)
      return false
    }
    if (!isHidden) return true
    this.refusesServer({ address, port, guest }, 'encrypted client hello', nowMs, names[0])
    return false
  }

  /** Records the denial of a name-allowed connection whose server name is missing or encrypted. */
  refusesServer(flow: Flow, reason: string, nowMs: number, name?: string): void {
    this.#notes.refusedServer(`${this.ruleText(this.#rules.length)}: ${reason}`, flow, name, nowMs)
  }

  /**
   * Whether a name may be resolved. Denied if a rule denies it on every port, or no rule could allow a
   * connection. A network rule might still match its unknown address, except under lockdown, where queries could
   * exfiltrate data.
   */
  judgeName(name: string): 'allow' | 'deny' | 'deny-by-default' {
    let mayBeAllowed = false
    const isByNameOnly = this.#settings.preset === 'lockdown'
    for (const [i, rule] of this.#rules.entries()) {
      const isForAll = rule.matchesName === undefined && rule.mask === 0
      if (rule.matchesName === undefined && !isForAll) mayBeAllowed ||= rule.isAllow && !isByNameOnly
      else if (isForAll || rule.matchesName?.(name) === true) {
        if (!rule.isAllow && !coversAllPorts(rule)) continue
        if (isForAll && !rule.isAllow && mayBeAllowed) return 'allow'
        this.#names[i]! += 1
        if (rule.isAllow) return 'allow'
        this.#deniedBy = i
        return isForAll ? 'deny-by-default' : 'deny'
      }
    }
    if (mayBeAllowed || this.#settings.default === 'allow') return 'allow'
    this.#names[this.#rules.length]! += 1
    this.#deniedBy = this.#rules.length
    return 'deny-by-default'
  }

  /** The rule that denied the last evaluated name. */
  get deniedBy(): string {
    return this.ruleText(this.#deniedBy)
  }

  /** Records that the last evaluated name was denied to this guest. */
  noteName(name: string, sender: NameSender, nowMs: number): void {
    this.#notes.refusedName(this.#deniedBy, name, sender, nowMs)
  }

  /**
   * Learns addresses from an answer sent to a guest, `ageSeconds` after it was cached. `isOwn`: the answer comes
   * from our own configuration, so its target cannot be a hostile alias.
   */
  learn(answer: Uint8Array, ageSeconds: number, nowMs: number, isOwn = false): void {
    const parsed = parseResponse(answer)
    const asked = readName(answer, headerBytes)
    if (parsed === undefined || asked === undefined) return
    const answers = parsed.records.filter(({ section }) => section === 'answer')
    const chain = aliasChain(asked.text, answer, answers)
    const names = [...chain].filter((name) => this.#isNamed(name))
    // The last name is listed with the address, so it must be the queried name.
    if (this.#isRecording) names.push(asked.text)
    if (names.length === 0) return
    for (const { type, ttl, start, rdata, end } of answers) {
      const data = answer.subarray(rdata, end)
      const key = addressKey(type, data)
      if (key === undefined || !chain.has(readName(answer, start)?.text ?? '')) continue
      const answered = { key, isInner: this.#isInner(data), isOwn }
      this.learned.add(answered, { names, chain }, Math.max(0, ttl - ageSeconds), nowMs)
    }
  }

  /** Destinations without a matching rule. Reading them enables recording. */
  sends(nowMs: number): EgressSends {
    this.#isRecording = true
    this.isActive = true
    return this.#notes.sends.view(nowMs)
  }

  view(): EgressRuleView[] {
    const rules = Array.from({ length: this.#rules.length + 1 }, (_, i) => this.ruleText(i))
    return rules.map((rule, i) => ({ rule, sends: this.#sends[i] ?? 0, names: this.#names[i] ?? 0 }))
  }

  #isJudging(): boolean {
    return this.#rules.length > 0 || this.#settings.default === 'deny'
  }

  #record(proto: number, address: number, port: number, guest: number, nowMs: number): void {
    if (!this.#notes.sends.isOn(nowMs)) {
      this.#isRecording = false
      this.isActive = this.#isJudging()
      return
    }
    this.#notes.sent(proto, address, port, guest, nowMs)
  }

  #isAbout(rule: CompiledRule, name: string, address: number): boolean {
    if (rule.matchesName !== undefined) return rule.matchesName(name)
    return isIpv6(address) ? this.#covers6(rule, address) : (address & rule.mask) === rule.network
  }

  /** The last one is the default's. */
  ruleText(i: number): string {
    return this.#rules[i]?.text ?? `default ${this.#settings.default}`
  }

  #covers6({ ipv6, mask }: CompiledRule, handle: number): boolean {
    return ipv6 === undefined ? mask === 0 : (this.table6?.isWithin(handle, ipv6) ?? false)
  }

  #isNamed(name: string): boolean {
    return this.#rules.some(({ matchesName }) => matchesName?.(name) === true)
  }
}
