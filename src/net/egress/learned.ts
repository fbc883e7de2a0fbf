/** Addresses from DNS answers for names that have a rule, so that connections are judged by name. */
import type { CompiledRule } from './rules.ts'

/** An IPv4 address, or an IPv6 address as RFC 5952 writes it. */
export type AddressKey = number | string

interface Learned {
  /** Of the host's side: names of others do not open it. */
  isInner: boolean
  /** Of these names, the ones that are ours or the user's: their addresses are meant. Until when, milliseconds. */
  own: Map<string, number>
  /** Name → until when, milliseconds. */
  names: Map<string, number>
  /** Names of questions whose answer led to one of `names` by aliases, those included. Until when, milliseconds. */
  aliases: Map<string, number>
  /** By the index of the rule: expiry of the match; 0: no match. */
  until: Float64Array
}

/** An address that an answer gave. */
export interface Answered {
  key: AddressKey
  isInner: boolean
  /** The name that has it is ours or in the user's hosts. */
  isOwn: boolean
}

const maxAddresses = 16_384
const maxNamesPerAddress = 64
/** A program connects a while after it asked; and a flow of datagrams lasts as long as it is used. */
const graceMs = 60_000

export class LearnedAddresses {
  /** The longest ago learned comes first. */
  readonly #byAddress = new Map<AddressKey, Learned>()
  #rules: readonly CompiledRule[] = []

  get size(): number {
    return this.#byAddress.size
  }

  /** What is known stays known, and is matched with the new rules. */
  set rules(rules: readonly CompiledRule[]) {
    this.#rules = rules
    for (const learned of this.#byAddress.values()) learned.until = this.#match(learned)
  }

  /** @param told names that have a rule, and the whole alias chain of the answer. */
  add(
    { key, isInner, isOwn }: Answered,
    told: { names: readonly string[]; chain: ReadonlySet<string> },
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
    for (const name of told.chain) {
      if (!known.aliases.has(name) && known.aliases.size >= maxNamesPerAddress) break
      known.aliases.set(name, Math.max(known.aliases.get(name) ?? 0, until))
    }
    for (const name of told.names) {
      if (!known.names.has(name) && known.names.size >= maxNamesPerAddress) break
      known.names.set(name, Math.max(known.names.get(name) ?? 0, until))
      if (isOwn) known.own.set(name, Math.max(known.own.get(name) ?? 0, until))
    }
    known.until = this.#match(known)
    this.#byAddress.delete(key)
    if (this.#byAddress.size >= maxAddresses) this.#byAddress.delete(this.#byAddress.keys().next().value!)
    this.#byAddress.set(key, known)
  }

  /** Whether the address is known to belong to a name of the rule. */
  isOf(address: AddressKey, rule: number, nowMs: number): boolean {
    const until = this.#byAddress.get(address)?.until[rule] ?? 0
    return until > nowMs
  }

  /** Whether an alias chain from `name` leads to the address through a name with a rule. */
  isAlias(address: AddressKey, name: string, nowMs: number): boolean {
    return (this.#byAddress.get(address)?.aliases.get(name) ?? 0) > nowMs
  }

  /** A name that it belongs to now, for people: the one heard of last. */
  nameOf(address: AddressKey, nowMs: number): string | undefined {
    const names = [...(this.#byAddress.get(address)?.names ?? [])]
    return names.findLast(([, until]) => until > nowMs)?.[0]
  }

  /** As long as datagrams go there it is in use, and has no other moment at which it would be asked for again. */
  used(address: AddressKey, rule: number, nowMs: number): void {
    const learned = this.#byAddress.get(address)
    if (learned !== undefined) learned.until[rule] = Math.max(learned.until[rule] ?? 0, nowMs + graceMs)
  }

  #match({ isInner, names, own }: Pick<Learned, 'isInner' | 'names' | 'own'>): Float64Array {
    return Float64Array.from(this.#rules, ({ matchesName, isAllow }) => {
      let latest = 0
      // What is denied by name is denied wherever the name leads; what is allowed is not.
      const counted = isInner && isAllow ? own : names
      if (matchesName !== undefined)
        for (const [name, until] of counted) if (matchesName(name)) latest = Math.max(latest, until)
      return latest
    })
  }
}
