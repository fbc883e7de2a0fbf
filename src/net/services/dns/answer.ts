/**
 * DNS answer for any client: the whole message in wire format with the offsets of its TTLs. The client's ID, the
 * case of its question, current TTLs and OPT are patched into a copy.
 */
import {
  copyOf,
  flag,
  headerBytes,
  type ParsedResponse,
  type RecordAt,
  rcode,
  recordType,
  setUint16,
  setUint32,
  uint32,
} from '../../wire/dns.ts'
import type { DnsQuery } from './query.ts'

export interface Answer {
  /** Without OPT; id 0. */
  message: Uint8Array
  /** Offsets of TTLs that count down; empty for local names. */
  ttls: readonly number[]
  storedAtMs: number
  /** Cache lifetime. */
  lifeSeconds: number
}

export interface TtlBounds {
  minTtlSeconds: number
  maxTtlSeconds: number
}

/** RCODE, and the flags that a forwarder passes on unchanged (RFC 4035 section 3.1.6). */
const passedFlags = 0xf | flag.tc | flag.rd | flag.ad | flag.cd

/** RFC 2308 section 5: upper bound for caching negative answers, regardless of the SOA. */
const maxNegativeSeconds = 10_800

/** An upstream's response with TTLs clamped to the bounds, our flags, and without OPT and later records. */
export function answerFrom(response: ParsedResponse, type: number, bounds: TtlBounds, nowMs: number): Answer {
  const { bytes, flags, opt, records, questionEnd } = response
  const kept = opt === undefined ? records : records.slice(0, records.indexOf(opt))
  const message = copyOf(bytes, kept.at(-1)?.end ?? questionEnd)
  setUint16(message, 0, 0)
  // Flags about the data are passed on; the others are those of a recursive server, not of the authority.
  setUint16(message, 2, (flags & passedFlags) | flag.qr | flag.ra)
  setUint16(message, 10, kept.filter(({ section }) => section === 'additional').length)
  const ttls: number[] = []
  for (const { ttl, ttlOffset } of kept) {
    setUint32(message, ttlOffset, within(bounds, ttl))
    ttls.push(ttlOffset)
  }
  return { message, ttls, storedAtMs: nowMs, lifeSeconds: lifeSeconds(response, type, bounds) }
}

/** The question with flags or rcode and no records; not cached. */
export function emptyAnswer(query: DnsQuery, flags: number, nowMs: number): Answer {
  const message = copyOf(query.bytes, query.questionEnd)
  message.fill(0, 0, headerBytes)
  setUint16(message, 2, flag.qr | flag.ra | flags)
  setUint16(message, 4, 1)
  return { message, ttls: [], storedAtMs: nowMs, lifeSeconds: 0 }
}

/** Shortest TTL of the answer's records (RFC 1035 section 7.4); for negative answers as in RFC 2308. */
function lifeSeconds(response: ParsedResponse, type: number, bounds: TtlBounds): number {
  const { bytes, flags, records } = response
  if (flags & flag.tc || (response.rcode !== rcode.noError && response.rcode !== rcode.nxDomain)) return 0
  let shortest = Number.POSITIVE_INFINITY
  let isPositive = false
  for (const record of records) {
    if (record.section !== 'answer') continue
    shortest = Math.min(shortest, within(bounds, record.ttl))
    isPositive ||= record.type === type || type === recordType.any
  }
  if (response.rcode === rcode.noError && isPositive) return shortest
  const soa = records.find(isWholeSoa)
  if (soa === undefined) return 0
  const negative = Math.min(within(bounds, soa.ttl), within(bounds, uint32(bytes, soa.end - 4)))
  return Math.min(negative, shortest, maxNegativeSeconds)
}

function isWholeSoa({ section, type, rdata, end }: RecordAt): boolean {
  return section === 'authority' && type === recordType.soa && end - rdata >= 22
}

function within({ minTtlSeconds, maxTtlSeconds }: TtlBounds, ttl: number): number {
  // RFC 2181 section 8: a TTL with the top bit set means zero.
  const seconds = ttl > 0x7fffffff ? 0 : ttl
  return Math.min(Math.max(seconds, minTtlSeconds), maxTtlSeconds)
}
