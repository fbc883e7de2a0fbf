/** Addresses that DNS gave for names that some rule is about, so that a connect to one is known to be to the name. */
import type { CompiledRule } from './rules.ts'

/** An IPv4 address, or an IPv6 address as RFC 5952 writes it. */
export type AddressKey = number | string

interface Learned {
  /** Name → until when, milliseconds. */
  names: Map<string, number>
  /** By the rule's place: until when it is a match; 0: it is none. */
  until: Float64Array
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
    for (const learned of this.#byAddress.values()) learned.until = this.#match(learned.names)
  }

  add(address: AddressKey, names: readonly string[], ttlSeconds: number, nowMs: number): void {
    const known = this.#byAddress.get(address)?.names ?? new Map<string, number>()
    for (const [name, until] of known) if (until <= nowMs) known.delete(name)
    for (const name of names) {
      if (!known.has(name) && known.size >= maxNamesPerAddress) break
      known.set(name, Math.max(known.get(name) ?? 0, nowMs + ttlSeconds * 1000 + graceMs))
    }
    this.#byAddress.delete(address)
    if (this.#byAddress.size >= maxAddresses) this.#byAddress.delete(this.#byAddress.keys().next().value!)
    this.#byAddress.set(address, { names: known, until: this.#match(known) })
  }

  /** Whether the address is known to belong to a name of the rule. */
  isOf(address: AddressKey, rule: number, nowMs: number): boolean {
    const until = this.#byAddress.get(address)?.until[rule] ?? 0
    return until > nowMs
  }

  /** As long as datagrams go there it is in use, and has no other moment at which it would be asked for again. */
  used(address: AddressKey, rule: number, nowMs: number): void {
    const learned = this.#byAddress.get(address)
    if (learned !== undefined) learned.until[rule] = Math.max(learned.until[rule] ?? 0, nowMs + graceMs)
  }

  #match(names: ReadonlyMap<string, number>): Float64Array {
    return Float64Array.from(this.#rules, ({ matchesName }) => {
      let latest = 0
      if (matchesName !== undefined)
        for (const [name, until] of names) if (matchesName(name)) latest = Math.max(latest, until)
      return latest
    })
  }
}
