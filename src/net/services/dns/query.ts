/** Parser of the hot path: extracts everything that an answer depends on in one pass. */
import {
  classIn,
  copyOf,
  flag,
  headerBytes,
  optBytes,
  rcode,
  recordType,
  setUint16,
  uint16,
} from '../../wire/dns.ts'
import { lowerCase, skipName } from '../../wire/domain-name.ts'

export interface DnsQuery {
  bytes: Uint8Array
  id: number
  flags: number
  /** Offsets after the name and after the question. */
  nameEnd: number
  questionEnd: number
  type: number
  class: number
  /** Hash of lower-case name, type, class, DO and CD, which identify a query. */
  hash: number
  /** From OPT (RFC 6891); defaults without OPT. */
  hasEdns: boolean
  udpSize: number
  ednsVersion: number
  dnssecOk: boolean
}

/** `drop`: not a query, no reply. A number is the rcode of the reply. */
export type QueryError = 'drop' | 1 | 4

const dnssecOkBit = 0x8000
const noBytes = new Uint8Array()

/** Buffer for `parseQuery`. */
export function emptyQuery(): DnsQuery {
  return {
    bytes: noBytes,
    id: 0,
    flags: 0,
    nameEnd: 0,
    questionEnd: 0,
    type: 0,
    class: 0,
    hash: 0,
    hasEdns: false,
    udpSize: 0,
    ednsVersion: 0,
    dnssecOk: false,
  }
}

/** Copy that remains valid when the original bytes and object are reused. */
export function keptQuery(query: DnsQuery): DnsQuery {
  return { ...query, bytes: copyOf(query.bytes) }
}

/** @param query filled and returned, so that nothing is allocated per query */
export function parseQuery(bytes: Uint8Array, query: DnsQuery = emptyQuery()): DnsQuery | QueryError {
  if (bytes.length < headerBytes) return 'drop'
  const flags = uint16(bytes, 2)
  if (flags & flag.qr) return 'drop'
  if (flags & flag.opcode) return 4
  if (uint16(bytes, 4) !== 1) return 1
  let at = headerBytes
  let hash = 0x811c9dc5
  for (;;) {
    const length = bytes[at]
    // The question comes first, so there is no earlier name for a compression pointer.
    if (length === undefined || length > 63 || at - headerBytes > 254) return 1
    const next = at + 1 + length
    if (next > bytes.length) return 1
    for (; at < next; at += 1) hash = Math.imul(hash ^ lowerCase[bytes[at]!]!, 0x01000193)
    if (length === 0) break
  }
  if (at - headerBytes > 255 || at + 4 > bytes.length) return 1
  const type = uint16(bytes, at)
  const qclass = uint16(bytes, at + 2)
  if (!readEdns(bytes, at + 4, query)) return 1
  const sort = type ^ (qclass << 16) ^ (query.dnssecOk ? dnssecOkBit << 15 : 0) ^ ((flags & flag.cd) << 20)
  hash = Math.imul(hash ^ sort, 0x01000193)
  // 30 bits are a small integer in every JavaScript engine.
  hash = (hash ^ (hash >>> 15)) & 0x3fffffff
  query.bytes = bytes
  query.id = uint16(bytes, 0)
  query.flags = flags
  query.nameEnd = at
  query.questionEnd = at + 4
  query.type = type
  query.class = qclass
  query.hash = hash
  return query
}

/** Returns false if a record is truncated or OPT is invalid (RFC 6891 section 6.1.1: one, owned by the root). */
function readEdns(bytes: Uint8Array, offset: number, query: DnsQuery): boolean {
  query.hasEdns = false
  query.udpSize = 0
  query.ednsVersion = 0
  query.dnssecOk = false
  let at = offset
  for (let left = uint16(bytes, 6) + uint16(bytes, 8) + uint16(bytes, 10); left > 0; left -= 1) {
    const fixed = skipName(bytes, at)
    if (fixed < 0 || fixed + 10 > bytes.length) return false
    const end = fixed + 10 + uint16(bytes, fixed + 8)
    if (end > bytes.length) return false
    if (uint16(bytes, fixed) === recordType.opt) {
      if (query.hasEdns || bytes[at] !== 0) return false
      query.hasEdns = true
      query.udpSize = uint16(bytes, fixed + 2)
      query.ednsVersion = bytes[fixed + 5]!
      query.dnssecOk = (uint16(bytes, fixed + 6) & dnssecOkBit) !== 0
    }
    at = end
  }
  return true
}

/** Lower-case name, type, class, DO and CD: equal for queries with the same answer. */
export function questionKey(query: DnsQuery): Uint8Array {
  const key = new Uint8Array(query.questionEnd - headerBytes + 1)
  for (let i = headerBytes; i < query.nameEnd; i += 1) key[i - headerBytes] = lowerCase[query.bytes[i]!]!
  for (let i = query.nameEnd; i < query.questionEnd; i += 1) key[i - headerBytes] = query.bytes[i]!
  key[key.length - 1] = answerFlavour(query)
  return key
}

export function matchesKey(query: DnsQuery, key: Uint8Array): boolean {
  const { bytes, nameEnd, questionEnd } = query
  if (key.length !== questionEnd - headerBytes + 1 || key[key.length - 1] !== answerFlavour(query))
    return false
  for (let i = headerBytes; i < nameEnd; i += 1)
    if (lowerCase[bytes[i]!] !== key[i - headerBytes]) return false
  for (let i = nameEnd; i < questionEnd; i += 1) if (bytes[i] !== key[i - headerBytes]) return false
  return true
}

/** Whether a message has exactly this question, ignoring case. */
export function hasQuestion(message: Uint8Array, query: DnsQuery): boolean {
  const { bytes, nameEnd, questionEnd } = query
  if (message.length < questionEnd || uint16(message, 4) !== 1) return false
  for (let i = headerBytes; i < nameEnd; i += 1)
    if (lowerCase[message[i]!] !== lowerCase[bytes[i]!]) return false
  for (let i = nameEnd; i < questionEnd; i += 1) if (message[i] !== bytes[i]) return false
  return true
}

/** Whether both have the same answer. */
export function isSameQuestion(a: DnsQuery, b: DnsQuery): boolean {
  return a.nameEnd === b.nameEnd && answerFlavour(a) === answerFlavour(b) && hasQuestion(a.bytes, b)
}

function answerFlavour(query: DnsQuery): number {
  return (query.dnssecOk ? 1 : 0) | (query.flags & flag.cd ? 2 : 0)
}

/**
 * An upstream query: question with that wire name, recursion desired, with or without OPT. AD requests the
 * upstream's AD flag (RFC 6840 section 5.7); `ReplyWriter` passes it on to those who know it.
 */
export function emitQuery(
  wireName: Uint8Array,
  type: number,
  qclass: number,
  options: { checkingDisabled: boolean; edns: { udpSize: number; dnssecOk: boolean } | undefined },
): Uint8Array {
  const { edns } = options
  const questionEnd = headerBytes + wireName.length + 4
  const bytes = new Uint8Array(questionEnd + (edns === undefined ? 0 : optBytes))
  setUint16(bytes, 2, flag.rd | flag.ad | (options.checkingDisabled ? flag.cd : 0))
  setUint16(bytes, 4, 1)
  bytes.set(wireName, headerBytes)
  setUint16(bytes, questionEnd - 4, type)
  setUint16(bytes, questionEnd - 2, qclass)
  if (edns !== undefined) {
    setUint16(bytes, 10, 1)
    setUint16(bytes, questionEnd + 1, recordType.opt)
    setUint16(bytes, questionEnd + 3, edns.udpSize)
    setUint16(bytes, questionEnd + 7, edns.dnssecOk ? dnssecOkBit : 0)
  }
  return bytes
}

/**
 * The rcode for queries that a forwarder does not support: zone transfers and other meta types, other classes,
 * later EDNS versions.
 */
export function refusalOf(query: DnsQuery): number | undefined {
  if (query.ednsVersion > 0) return rcode.badVers
  if (query.type === recordType.opt) return rcode.formErr
  const isMetaType = query.type >= 249 && query.type <= recordType.axfr
  return isMetaType || query.class !== classIn ? rcode.refused : undefined
}
