/** Addresses from DNS answers for names that have a rule, so that connections are matched by name. */
import type { CompiledRule } from './rules.ts'

/** IPv4 address, or IPv6 address in RFC 5952 notation. */
export type AddressKey = number | string

interface Learned {
  /** Internal address: names of external owners do not allow it. */
  isInner: boolean
  /** Names from our own configuration, which may resolve to internal addresses → expiry in milliseconds. */
  own: Map<string, number>
  /** Name → expiry in milliseconds. */
  names: Map<string, number>
  /** Queried names with an alias chain to one of `names`, including those → expiry in milliseconds. */
  aliases: Map<string, number>
  /** Expiry of the match, indexed by rule; 0: no match. */
  until: Float64Array
}

/** An address in a DNS answer. */
export interface Answered {
  key: AddressKey
  isInner: boolean
  /** The name is built in or in the user's hosts. */
  isOwn: boolean
}

const maxAddresses = 16_384
const maxNamesPerAddress = 64
/** Grace period: programs connect some time after the query, and datagram flows last while in use. */
const graceMs = 60_000

export class LearnedAddresses {
  /** Least recently learned first. */
  readonly #byAddress = new Map<AddressKey, Learned>()
  #rules: readonly CompiledRule[] = []

  get size(): number {
    return this.#byAddress.size
  }

  /** Keeps known addresses and matches them with the new rules. */
  set rules(rules: readonly CompiledRule[]) {
    this.#rules = rules
    for (const learned of this.#byAddress.values()) learned.until = this.#match(learned)
  }

  /** @param answer names that have a rule, and the whole alias chain */
  add(
    { key, isInner, isOwn }: Answered,
    answer: { names: readonly string[]; chain: ReadonlySet<string> },
    ttlSeconds: number,
    nowMs: number,
  ): void {
    const known: Learned = this.#byAddress.get(key) ?? {
      isInner,
      own: new Map(),
      names: new Map(),
      aliases: new Map(),
      until: new Float64Array(0),
    }
    for (const map of [known.names, known.own, known.aliases])
      for (const [name, until] of map) if (until <= nowMs) map.delete(name)
    const until = nowMs + ttlSeconds * 1000 + graceMs
    for (const name of answer.chain) {
      if (!known.aliases.has(name) && known.aliases.size >= maxNamesPerAddress) break
      known.aliases.set(name, Math.max(known.aliases.get(name) ?? 0, until))
    }
    for (const name of answer.names) {
      if (!known.names.has(name) && known.names.size >= maxNamesPerAddress) break
      known.names.set(name, Math.max(known.names.get(name) ?? 0, until))
      if (isOwn) known.own.set(name, Math.max(known.own.get(name) ?? 0, until))
    }
    known.until = this.#match(known)
    this.#byAddress.delete(key)
    if (this.#byAddress.size >= maxAddresses) this.#byAddress.delete(this.#byAddress.keys().next().value!)
    this.#byAddress.set(key, known)
  }

  /** Whether the address belongs to a name of the rule. */
  isOf(address: AddressKey, rule: number, nowMs: number): boolean {
    const until = this.#byAddress.get(address)?.until[rule] ?? 0
    return until > nowMs
  }

  /** Whether an alias chain from `name` leads to the address through a name with a rule. */
  isAlias(address: AddressKey, name: string, nowMs: number): boolean {
    return (this.#byAddress.get(address)?.aliases.get(name) ?? 0) > nowMs
  }

  /** Current name of the address for display: the latest one learned. */
  nameOf(address: AddressKey, nowMs: number): string | undefined {
    const names = [...(this.#byAddress.get(address)?.names ?? [])]
    return names.findLast(([, until]) => until > nowMs)?.[0]
  }

  /** Extends the match while datagrams are sent to the address, because their flows cause no new query. */
  used(address: AddressKey, rule: number, nowMs: number): void {
    const learned = this.#byAddress.get(address)
    if (learned !== undefined) learned.until[rule] = Math.max(learned.until[rule] ?? 0, nowMs + graceMs)
  }

  #match({ isInner, names, own }: Pick<Learned, 'isInner' | 'names' | 'own'>): Float64Array {
    return Float64Array.from(this.#rules, ({ matchesName, isAllow }) => {
      let latest = 0
      // A rule that denies a name applies to any address; a rule that allows it, not to internal ones.
      const counted = isInner && isAllow ? own : names
      if (matchesName !== undefined)
        for (const [name, until] of counted) if (matchesName(name)) latest = Math.max(latest, until)
      return latest
    })
  }
}
