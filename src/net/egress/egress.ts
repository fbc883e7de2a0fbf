/**
 * What guests may reach: rules in order, the first match wins. Judged where a name is asked for and where a
 * connection, a datagram or a ping leaves. Services of the gateway are never judged.
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

/** What a rule has decided since it was set. */
export interface EgressRuleView {
  /** `deny 10.0.0.0/8:22/tcp`; `default allow` for destinations without a rule. */
  rule: string
  /** Connections, datagrams and pings. */
  sends: number
  /** Names asked for. */
  names: number
}

export class Egress {
  readonly learned: LearnedAddresses = new LearnedAddresses()
  /** The sender of what `allows` refused last will be looked up in the guest's conntrack. */
  isTraced = false
  readonly #notes: EgressNotes = new EgressNotes(this)
  readonly #isInner: (address: Uint8Array) => boolean
  #settings: EgressSettings = openEgress
  #rules: readonly CompiledRule[] = []
  /** By the rule's place; the last is the default's. */
  #sends = new Float64Array(1)
  #names = new Float64Array(1)
  /** What no rule allows is denied. */
  #isClosed = false
  /** Place of the rule that refused the name judged last. */
  #deniedBy = 0
  /** False: everything is allowed, and nothing needs to be looked at. */
  isActive = false
  #isRecording = false
  /** The last result of `allows` was by name; the address may serve other names that are denied. */
  isByName = false
  /** Where handles of IPv6 are from. */
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

  /** Live. Rules that stay keep their counts. Throws on a text that is no rule, and then changes nothing. */
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

  /** Whether it may leave; noted when not. `port` of what has none is -1, and so is `guest` when nobody sends it. */
  allows(proto: number, address: number, port: number, nowMs: number, guest: number = -1): boolean {
    const rules = this.#rules
    const is6 = isIpv6(address)
    for (let i = 0; i < rules.length; i += 1) {
      const rule = rules[i]!
      if (!coversPort(rule, proto, port)) continue
      if (rule.matchesName === undefined) {
        // The network of everything has IPv6 in it too.
        if (is6 ? !this.#covers6(rule, address) : (address & rule.mask) !== rule.network) continue
      } else {
        // Handles are given to others in time, and what is learned must not go with them.
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

  /** Whether a connection that was allowed by name may continue, now that it names its server; noted when not. */
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

  /** A connection that was allowed by name does not say, or hides, which name it is to. */
  refusesServer(flow: Flow, reason: string, nowMs: number, name?: string): void {
    this.#notes.refusedServer(`${this.ruleText(this.#rules.length)}: ${reason}`, flow, name, nowMs)
  }

  /**
   * Whether a name may be asked for: not when a rule denies it on every port, nor when nothing could allow a
   * connection to it. Of addresses nothing is known yet, so that a rule on a network may still allow it; not under
   * lockdown, where a question for any name would carry data out.
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

  /** The rule that denied the name judged last. */
  get deniedBy(): string {
    return this.ruleText(this.#deniedBy)
  }

  /** The name judged last was refused to this guest. */
  noteName(name: string, sender: NameSender, nowMs: number): void {
    this.#notes.refusedName(this.#deniedBy, name, sender, nowMs)
  }

  /**
   * From an answer that a guest gets, `ageSeconds` after it was learned itself. `isOwn`: what the name that was asked
   * for leads to is said here, not by its owner, who could make it an alias of one of our names.
   */
  learn(answer: Uint8Array, ageSeconds: number, nowMs: number, isOwn = false): void {
    const parsed = parseResponse(answer)
    const asked = readName(answer, headerBytes)
    if (parsed === undefined || asked === undefined) return
    const answers = parsed.records.filter(({ section }) => section === 'answer')
    const chain = aliasChain(asked.text, answer, answers)
    const names = [...chain].filter((name) => this.#isNamed(name))
    // The last one is listed with the address: the name that the guest queried.
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

  /** Destinations that no rule covers. Reading them turns recording on. */
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
