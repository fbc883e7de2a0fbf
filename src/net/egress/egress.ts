/**
 * What guests may reach: rules in order, the first match wins. Judged where a name is asked for and where a
 * connection, a datagram or a ping leaves. Services of the gateway are never judged.
 */
import type { EgressSettings } from '../../config/desired.ts'
import { openEgress } from '../../config/egress-rule.ts'
import { headerBytes, parseResponse, type RecordAt, recordType, uint32 } from '../dns/message.ts'
import { readName } from '../dns/names.ts'
import { type AddressTable, isIpv6 } from '../ip6/address-table.ts'
import { formatIpv6 } from '../wire/addresses.ts'
import { protocol } from '../wire/ipv4.ts'
import { type AddressKey, LearnedAddresses } from './learned.ts'
import { type CompiledRule, compileRule, coversAllPorts, coversPort } from './rules.ts'

/** What a rule has decided since it was told. */
export interface EgressRuleView {
  /** `deny 10.0.0.0/8:22/tcp`; `default allow` for what no rule is about. */
  rule: string
  /** Connections, datagrams and pings. */
  sends: number
  /** Names asked for. */
  names: number
}

/** Resolvers follow no more (RFC 1034 leaves it to them), and an answer may hold thousands. */
const maxAliases = 16

export class Egress {
  readonly learned: LearnedAddresses = new LearnedAddresses()
  #settings: EgressSettings = openEgress
  #rules: readonly CompiledRule[] = []
  /** By the rule's place; the last is the default's. */
  #sends = new Float64Array(1)
  #names = new Float64Array(1)
  /** False: everything is allowed, and nothing needs to be looked at. */
  isActive = false
  /** Where handles of IPv6 are from. */
  table6: Pick<AddressTable, 'text' | 'isWithin'> | undefined

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
    this.isActive = rules.length > 0 || settings.default === 'deny'
    const kept = this.view().map(({ rule }) => before.get(rule))
    this.#sends = Float64Array.from(kept, (view) => view?.sends ?? 0)
    this.#names = Float64Array.from(kept, (view) => view?.names ?? 0)
  }

  /** Whether it may leave. `port` of what has none is -1. */
  allows(proto: number, address: number, port: number, nowMs: number): boolean {
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
      return rule.isAllow
    }
    this.#sends[rules.length]! += 1
    return this.#settings.default === 'allow'
  }

  /**
   * Whether a name may be asked for: not when a rule denies it on every port, nor when nothing could allow a
   * connection to it. Of addresses nothing is known yet, so that a rule on a network may still allow it.
   */
  judgeName(name: string): 'allow' | 'deny' | 'deny-by-default' {
    let mayBeAllowed = false
    for (const [i, rule] of this.#rules.entries()) {
      const isForAll = rule.matchesName === undefined && rule.mask === 0
      if (rule.matchesName === undefined && !isForAll) mayBeAllowed ||= rule.isAllow
      else if (isForAll || rule.matchesName?.(name) === true) {
        if (!rule.isAllow && !coversAllPorts(rule)) continue
        if (isForAll && !rule.isAllow && mayBeAllowed) return 'allow'
        this.#names[i]! += 1
        if (rule.isAllow) return 'allow'
        return isForAll ? 'deny-by-default' : 'deny'
      }
    }
    if (mayBeAllowed || this.#settings.default === 'allow') return 'allow'
    this.#names[this.#rules.length]! += 1
    return 'deny-by-default'
  }

  /** From an answer that a guest gets, `ageSeconds` after it was learned itself. */
  learn(answer: Uint8Array, ageSeconds: number, nowMs: number): void {
    const parsed = parseResponse(answer)
    const asked = readName(answer, headerBytes)
    if (parsed === undefined || asked === undefined) return
    const answers = parsed.records.filter(({ section }) => section === 'answer')
    const chain = aliasChain(asked.text, answer, answers)
    const names = [...chain].filter((name) => this.#isNamed(name))
    if (names.length === 0) return
    for (const { type, ttl, start, rdata, end } of answers) {
      const key = addressKey(type, answer.subarray(rdata, end))
      const isAnswer = key !== undefined && chain.has(readName(answer, start)?.text ?? '')
      if (isAnswer) this.learned.add(key, names, Math.max(0, ttl - ageSeconds), nowMs)
    }
  }

  view(): EgressRuleView[] {
    const texts = [...this.#rules.map(({ text }) => text), `default ${this.#settings.default}`]
    return texts.map((rule, i) => ({ rule, sends: this.#sends[i] ?? 0, names: this.#names[i] ?? 0 }))
  }

  #covers6({ ipv6, mask }: CompiledRule, handle: number): boolean {
    return ipv6 === undefined ? mask === 0 : (this.table6?.isWithin(handle, ipv6) ?? false)
  }

  #isNamed(name: string): boolean {
    return this.#rules.some(({ matchesName }) => matchesName?.(name) === true)
  }
}

/**
 * The name asked for and every alias on the way, in whatever order they stand: a rule may be about any of them. What
 * an answer tells besides is none, and nobody vouches for it.
 */
function aliasChain(asked: string, answer: Uint8Array, answers: readonly RecordAt[]): ReadonlySet<string> {
  const chain = new Set([asked])
  for (let known = 0; known < chain.size && chain.size <= maxAliases; ) {
    known = chain.size
    for (const { type, start, rdata } of answers) {
      if (type !== recordType.cname || !chain.has(readName(answer, start)?.text ?? '')) continue
      const target = readName(answer, rdata)
      if (target !== undefined) chain.add(target.text)
    }
  }
  return chain
}

/** Of the data of an address record. */
function addressKey(type: number, data: Uint8Array): AddressKey | undefined {
  if (type === recordType.a && data.length === 4) return uint32(data, 0) | 0
  return type === recordType.aaaa && data.length === 16 ? formatIpv6(data) : undefined
}
