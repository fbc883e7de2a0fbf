/** DNS cache, limited by number of entries and by memory. */
import type { Answer, TtlBounds } from './answer.ts'
import { type DnsQuery, matchesKey, questionKey } from './query.ts'

export interface CacheSettings extends TtlBounds {
  max: number
}

interface Entry extends Answer {
  key: Uint8Array
  expiresAtMs: number
  /** Used since the last sweep: kept for another round. */
  used: boolean
}

/** Answers over TCP may have 64 KiB, so a limit by number alone would not limit memory. */
export const maxCacheBytes: number = 32 * 1024 * 1024
/** Overhead of an entry in addition to its bytes. */
const entryBytes = 400

export class AnswerCache {
  readonly #entries = new Map<number, Entry>()
  #settings: CacheSettings
  #bytes = 0
  /** CLOCK hand. A new iterator for each sweep would visit the gaps of all removed entries. */
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

  /** Questions with equal hashes replace each other. */
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

  /** CLOCK: removes the oldest entry; if it was used since the last sweep, it moves to the end once instead. */
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
