/**
 * Answers ready to send, by question. An entry keeps the whole message in wire form with the places of its
 * TTLs; to answer means to copy it and patch id, question (the client's own case), TTLs and OPT.
 */
import {
  copyOf,
  flag,
  headerBytes,
  parseResponse,
  rcode,
  recordType,
  setUint32,
  uint16,
  uint32,
} from './message.ts'
import { type DnsQuery, matchesKey, questionKey } from './query.ts'

export interface CacheSettings {
  max: number
  minTtlSeconds: number
  maxTtlSeconds: number
}

export interface Answer {
  /** Without OPT; id 0. */
  message: Uint8Array
  /** Offsets of the TTLs that count down; empty for our own names. */
  ttls: readonly number[]
  storedAtMs: number
}

interface Entry extends Answer {
  key: Uint8Array
  expiresAtMs: number
  /** Asked for since the sweep last came by: one more round to live. */
  used: boolean
}

/** RFC 2308 section 5: a negative answer is not kept for longer than this, whatever its SOA says. */
const maxNegativeSeconds = 10_800

export class AnswerCache {
  readonly #entries = new Map<number, Entry>()
  #settings: CacheSettings

  constructor(settings: CacheSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#entries.size
  }

  configure(settings: CacheSettings): void {
    this.#settings = settings
    this.clear()
  }

  clear(): void {
    this.#entries.clear()
  }

  get(query: DnsQuery, nowMs: number): Answer | undefined {
    const entry = this.#entries.get(query.hash)
    if (entry === undefined || !matchesKey(query, entry.key)) return undefined
    if (entry.expiresAtMs <= nowMs) {
      this.#entries.delete(query.hash)
      return undefined
    }
    entry.used = true
    return entry
  }

  /** Two questions with one hash just take each other's place. */
  put(query: DnsQuery, answer: Answer, lifeSeconds: number): void {
    if (lifeSeconds <= 0 || this.#settings.max <= 0) return
    if (!this.#entries.has(query.hash)) this.#makeRoom()
    const expiresAtMs = answer.storedAtMs + lifeSeconds * 1000
    this.#entries.set(query.hash, { ...answer, key: questionKey(query), expiresAtMs, used: false })
  }

  /** An upstream's answer: kept for as long as its TTLs, or its SOA, and the settings say. */
  putResponse(query: DnsQuery, answer: Answer): void {
    const life = lifeSeconds(answer.message, query.type, this.#settings)
    this.put(query, answer, life)
  }

  /** CLOCK: the oldest goes, unless it was used since it came to the front; then it goes to the back, once. */
  #makeRoom(): void {
    while (this.#entries.size >= this.#settings.max) {
      const [hash, entry] = this.#entries.entries().next().value!
      this.#entries.delete(hash)
      if (!entry.used) return
      entry.used = false
      this.#entries.set(hash, entry)
    }
  }
}

/**
 * An upstream's response as an answer: OPT and what follows it cut off, TTLs brought within the settings, our
 * flags. Undefined when the bytes are not a whole response.
 */
export function answerFrom(response: Uint8Array, settings: CacheSettings, nowMs: number): Answer | undefined {
  const parsed = parseResponse(response)
  if (parsed === undefined || uint16(response, 4) !== 1) return undefined
  const opt = parsed.records.find((record) => record.type === recordType.opt)
  const records = opt === undefined ? parsed.records : parsed.records.slice(0, parsed.records.indexOf(opt))
  const end = records.at(-1)?.end ?? parsed.questionEnd
  const message = copyOf(response, end)
  const additional = records.filter((record) => record.section === 'additional').length
  message.set([0, 0], 0)
  message.set([additional >> 8, additional], 10)
  // We are a recursive server and not the authority.
  const flags = (parsed.flags | flag.ra) & ~flag.aa
  message.set([flags >> 8, flags], 2)
  for (const record of records) {
    // RFC 2181 section 8: the top bit set means zero.
    const ttl = record.ttl > 0x7fffffff ? 0 : record.ttl
    setUint32(
      message,
      record.ttlOffset,
      Math.min(Math.max(ttl, settings.minTtlSeconds), settings.maxTtlSeconds),
    )
  }
  return { message, ttls: records.map((record) => record.ttlOffset), storedAtMs: nowMs }
}

/** Seconds that an answer (already within the settings) may be kept: RFC 1035, for negative ones RFC 2308. */
export function lifeSeconds(message: Uint8Array, type: number, settings: CacheSettings): number {
  const parsed = parseResponse(message)
  if (parsed === undefined || parsed.flags & flag.tc) return 0
  if (parsed.rcode !== rcode.noError && parsed.rcode !== rcode.nxDomain) return 0
  const answers = parsed.records.filter((record) => record.section === 'answer')
  const isPositive = answers.some((record) => record.type === type || type === recordType.any)
  const shortest = Math.min(...answers.map((record) => record.ttl))
  if (parsed.rcode === rcode.noError && isPositive) return shortest
  const soa = parsed.records.find(
    (record) =>
      record.section === 'authority' && record.type === recordType.soa && record.end - record.rdata >= 22,
  )
  if (soa === undefined) return 0
  const minimum = Math.max(uint32(message, soa.end - 4), settings.minTtlSeconds)
  return Math.min(soa.ttl, minimum, shortest, maxNegativeSeconds, settings.maxTtlSeconds)
}

/** True when a message carries the question that a query asks, whatever the case of its letters. */
export function answersQuestion(message: Uint8Array, query: DnsQuery): boolean {
  if (message.length < query.questionEnd || uint16(message, 4) !== 1) return false
  const key = questionKey(query)
  const asked = { ...query, bytes: message.subarray(0, query.questionEnd) }
  return message.length >= headerBytes && matchesKey(asked, key)
}
