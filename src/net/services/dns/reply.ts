/** Converts an answer to the reply for one client: its ID, case, EDNS size and current TTLs. */
import {
  flag,
  headerBytes,
  optBytes,
  rcode,
  recordsFrom,
  recordType,
  setUint16,
  setUint32,
  uint16,
  uint32,
} from '../../wire/dns.ts'
import type { Answer } from './answer.ts'
import type { DnsQuery } from './query.ts'

/** UDP limit of a client without EDNS (RFC 1035 section 4.2.1). */
const classicUdpBytes = 512
/** UDP size that we accept and send: the link has no path MTU problem. */
const ourUdpBytes = 4096
const maxMessageBytes = 65_535

const blockedText = 'denied by network.egress'
const blockedOption = Uint8Array.from([
  ...[0, 15, 0, 2 + blockedText.length, 0, 15],
  ...new TextEncoder().encode(blockedText),
])

export type Channel = 'udp' | 'tcp'

/**
 * Writes replies into one reused buffer, each valid until the next call. Methods return the reply's length and
 * allocate nothing.
 */
export class ReplyWriter {
  /** Contains the reply. */
  readonly bytes: Uint8Array = new Uint8Array(maxMessageBytes + 1)

  answer(query: DnsQuery, answer: Answer, channel: Channel, nowMs: number): number {
    const out = this.bytes
    const limit = byteLimit(query, channel) - (query.hasEdns ? optBytes : 0)
    out.set(answer.message)
    let length = answer.message.length
    setUint16(out, 0, query.id)
    const queryFlags = query.flags & (flag.rd | flag.cd)
    // RFC 6840 section 5.8: AD only for clients that know it.
    const unknown = query.dnssecOk || (query.flags & flag.ad) !== 0 ? 0 : flag.ad
    setUint16(out, 2, (uint16(out, 2) & ~(flag.rd | flag.cd | unknown)) | queryFlags)
    // The question in the client's case; compressed owner names point at it (0x20).
    for (let at = headerBytes; at < query.nameEnd; at += 1) out[at] = query.bytes[at]!
    const age = Math.floor((nowMs - answer.storedAtMs) / 1000)
    if (age > 0) for (const at of answer.ttls) setUint32(out, at, Math.max(0, uint32(out, at) - age))
    if (length > limit) length = this.#truncate(length, query, limit)
    return query.hasEdns ? this.#opt(length, query, 0) : length
  }

  /** A reply with only the question. */
  error(query: DnsQuery, code: number): number {
    const out = this.bytes
    out.set(query.bytes.subarray(0, query.questionEnd))
    setUint16(out, 2, flag.qr | flag.ra | (query.flags & (flag.opcode | flag.rd | flag.cd)) | (code & 15))
    for (const at of [6, 8, 10]) setUint16(out, at, 0)
    const length = query.questionEnd
    return query.hasEdns ? this.#opt(length, query, code >> 4) : length
  }

  /** Reply for a denied name: NXDOMAIN, which every program handles immediately. */
  denied(query: DnsQuery): number {
    const length = this.error(query, rcode.nxDomain)
    const out = this.bytes
    if (!query.hasEdns) return length
    // Extended DNS error (RFC 8914): option 15, code 15 "blocked", and a text.
    out.set(blockedOption, length)
    setUint16(out, length - 2, blockedOption.length)
    return length + blockedOption.length
  }

  /** For an incomplete query: returns its header with the rcode. */
  headerOnly(bytes: Uint8Array, code: number): number {
    const out = this.bytes
    out.fill(0, 0, headerBytes)
    setUint16(out, 0, uint16(bytes, 0))
    setUint16(out, 2, flag.qr | flag.ra | (uint16(bytes, 2) & (flag.opcode | flag.rd)) | code)
    return headerBytes
  }

  /** Sets TC and keeps as many complete answer records as fit: some old resolvers never retry over TCP. */
  #truncate(length: number, query: DnsQuery, limit: number): number {
    const out = this.bytes
    const records = recordsFrom(out.subarray(0, length), query.questionEnd) ?? []
    const fitting = records.filter((record) => record.section === 'answer' && record.end <= limit)
    setUint16(out, 2, uint16(out, 2) | flag.tc)
    setUint16(out, 6, fitting.length)
    setUint16(out, 8, 0)
    setUint16(out, 10, 0)
    return fitting.at(-1)?.end ?? query.questionEnd
  }

  /** Appends our own OPT (RFC 6891), never the upstream's. */
  #opt(length: number, query: DnsQuery, extendedRcode: number): number {
    const out = this.bytes
    out.fill(0, length, length + optBytes)
    setUint16(out, length + 1, recordType.opt)
    setUint16(out, length + 3, ourUdpBytes)
    out[length + 5] = extendedRcode
    // RFC 3225: copy DO from the query.
    out[length + 7] = query.dnssecOk ? 0x80 : 0
    setUint16(out, 10, uint16(out, 10) + 1)
    return length + optBytes
  }
}

function byteLimit(query: DnsQuery, channel: Channel): number {
  if (channel === 'tcp') return maxMessageBytes
  if (!query.hasEdns) return classicUdpBytes
  return Math.min(Math.max(query.udpSize, classicUdpBytes), ourUdpBytes)
}
