/** The hot path's parser: one pass over a query gives everything that an answer depends on. */
import { flag, headerBytes, optBytes, recordsFrom, recordType, setUint16, uint16, uint32 } from './message.ts'
import { lowerCase } from './names.ts'

export interface DnsQuery {
  bytes: Uint8Array
  id: number
  flags: number
  /** Offsets after the name and after the question. */
  nameEnd: number
  questionEnd: number
  type: number
  class: number
  /** Of lower-case name, type, class, DO and CD: what makes two queries the same. */
  hash: number
  edns: { udpSize: number; version: number; dnssecOk: boolean } | undefined
}

/** `drop`: not a query, no reply at all. A number is the rcode to refuse it with. */
export type QueryError = 'drop' | 1 | 4

const dnssecOkBit = 0x8000

export function parseQuery(bytes: Uint8Array): DnsQuery | QueryError {
  if (bytes.length < headerBytes) return 'drop'
  const flags = uint16(bytes, 2)
  if (flags & flag.qr) return 'drop'
  if (flags & flag.opcode) return 4
  if (uint16(bytes, 4) !== 1) return 1
  let at = headerBytes
  let hash = 0x811c9dc5
  for (;;) {
    const length = bytes[at]
    // A question comes first, so there is nothing that a compression pointer could point to.
    if (length === undefined || length > 63 || at - headerBytes > 254) return 1
    const next = at + 1 + length
    if (next > bytes.length) return 1
    for (; at < next; at += 1) hash = Math.imul(hash ^ lowerCase[bytes[at]!]!, 0x01000193)
    if (length === 0) break
  }
  if (at - headerBytes > 255 || at + 4 > bytes.length) return 1
  const type = uint16(bytes, at)
  const qclass = uint16(bytes, at + 2)
  const edns = findEdns(bytes, at + 4)
  if (edns === 'malformed') return 1
  const sort = type ^ (qclass << 16) ^ (edns?.dnssecOk ? dnssecOkBit << 15 : 0) ^ ((flags & flag.cd) << 20)
  hash = Math.imul(hash ^ sort, 0x01000193)
  // 30 bits stay a small integer in every JavaScript engine.
  hash = (hash ^ (hash >>> 15)) & 0x3fffffff
  return {
    bytes,
    id: uint16(bytes, 0),
    flags,
    nameEnd: at,
    questionEnd: at + 4,
    type,
    class: qclass,
    hash,
    edns,
  }
}

function findEdns(bytes: Uint8Array, offset: number): DnsQuery['edns'] | 'malformed' {
  if (uint16(bytes, 6) === 0 && uint16(bytes, 8) === 0 && uint16(bytes, 10) === 0) return undefined
  const records = recordsFrom(bytes, offset)
  if (records === undefined) return 'malformed'
  const found = records.filter((record) => record.type === recordType.opt)
  const opt = found[0]
  if (opt === undefined) return undefined
  // RFC 6891 section 6.1.1: one OPT, owned by the root.
  if (found.length > 1 || bytes[opt.start] !== 0) return 'malformed'
  const bits = uint32(bytes, opt.ttlOffset)
  return {
    udpSize: uint16(bytes, opt.ttlOffset - 2),
    version: (bits >>> 16) & 0xff,
    dnssecOk: (bits & dnssecOkBit) !== 0,
  }
}

export function wantsDnssec(query: DnsQuery): boolean {
  return query.edns?.dnssecOk ?? false
}

/** Lower-case name, type, class, then DO and CD: equal for queries that one answer serves. */
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

/** Whether a message has one question, this one, whatever the case of its letters. */
export function hasQuestion(message: Uint8Array, query: DnsQuery): boolean {
  const { bytes, nameEnd, questionEnd } = query
  if (message.length < questionEnd || uint16(message, 4) !== 1) return false
  for (let i = headerBytes; i < nameEnd; i += 1)
    if (lowerCase[message[i]!] !== lowerCase[bytes[i]!]) return false
  for (let i = nameEnd; i < questionEnd; i += 1) if (message[i] !== bytes[i]) return false
  return true
}

/** Whether one answer serves both. */
export function isSameQuestion(a: DnsQuery, b: DnsQuery): boolean {
  return a.nameEnd === b.nameEnd && answerFlavour(a) === answerFlavour(b) && hasQuestion(a.bytes, b)
}

function answerFlavour(query: DnsQuery): number {
  return (wantsDnssec(query) ? 1 : 0) | (query.flags & flag.cd ? 2 : 0)
}

/** A query of our own: question of that wire name, recursion desired, with or without OPT. */
export function emitQuery(
  wireName: Uint8Array,
  type: number,
  qclass: number,
  options: { checkingDisabled: boolean; edns: { udpSize: number; dnssecOk: boolean } | undefined },
): Uint8Array {
  const { edns } = options
  const questionEnd = headerBytes + wireName.length + 4
  const bytes = new Uint8Array(questionEnd + (edns === undefined ? 0 : optBytes))
  setUint16(bytes, 2, flag.rd | (options.checkingDisabled ? flag.cd : 0))
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
