/** Answers remembered by question, as many as the settings say and as memory allows. */
import type { Answer, TtlBounds } from './answer.ts'
import { type DnsQuery, matchesKey, questionKey } from './query.ts'

export interface CacheSettings extends TtlBounds {
  max: number
}

interface Entry extends Answer {
  key: Uint8Array
  expiresAtMs: number
  /** Asked for since the sweep last came by: one more round to live. */
  used: boolean
}

/** An answer over TCP has up to 64 KiB, and by number alone they would fill the memory. */
export const maxCacheBytes: number = 32 * 1024 * 1024
/** What an entry takes in addition to its bytes. */
const entryBytes = 400

export class AnswerCache {
  readonly #entries = new Map<number, Entry>()
  #settings: CacheSettings
  #bytes = 0
  /** From the oldest on. One that begins again each time would pass over every place that a removed entry left. */
  #oldest = this.#entries.entries()

  constructor(settings: CacheSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#entries.size
  }

  configure(settings: CacheSettings): void {
    this.#settings = settings
    this.#entries.clear()
    this.#bytes = 0
  }

  get(query: DnsQuery, nowMs: number): Answer | undefined {
    const entry = this.#entries.get(query.hash)
    if (entry === undefined || !matchesKey(query, entry.key)) return undefined
    if (entry.expiresAtMs <= nowMs) {
      this.#delete(query.hash, entry)
      return undefined
    }
    entry.used = true
    return entry
  }

  /** Two questions with one hash just take each other's place. */
  put(query: DnsQuery, answer: Answer): void {
    const { max } = this.#settings
    if (answer.lifeSeconds <= 0 || max <= 0) return
    const old = this.#entries.get(query.hash)
    if (old !== undefined) this.#delete(query.hash, old)
    const expiresAtMs = answer.storedAtMs + answer.lifeSeconds * 1000
    const entry: Entry = { ...answer, key: questionKey(query), expiresAtMs, used: false }
    this.#bytes += sizeOf(entry)
    while (this.#entries.size >= max || this.#bytes > maxCacheBytes) this.#sweep()
    this.#entries.set(query.hash, entry)
  }

  /** CLOCK: the oldest goes, unless it was used since it came to the front; then it goes to the back, once. */
  #sweep(): void {
    let oldest = this.#oldest.next()
    if (oldest.done) {
      this.#oldest = this.#entries.entries()
      oldest = this.#oldest.next()
    }
    const [hash, entry] = oldest.value!
    this.#delete(hash, entry)
    if (!entry.used) return
    entry.used = false
    this.#bytes += sizeOf(entry)
    this.#entries.set(hash, entry)
  }

  #delete(hash: number, entry: Entry): void {
    this.#entries.delete(hash)
    this.#bytes -= sizeOf(entry)
  }
}

function sizeOf({ message, key, ttls }: Entry): number {
  return entryBytes + message.length + key.length + 8 * ttls.length
}
