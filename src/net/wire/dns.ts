/**
 * DNS messages (RFC 1035 section 4, RFC 6891 for OPT): offsets, flags, and where each record stands.
 *
 *   0 id   2 flags: QR OPCODE AA TC RD RA Z AD CD RCODE   4 QDCOUNT  6 ANCOUNT  8 NSCOUNT  10 ARCOUNT
 *  12 question: name, type u16, class u16     then records: name, type, class, ttl u32, length u16, rdata
 */
import { endOfName, skipName } from './domain-name.ts'

export const headerBytes = 12
export const flag = {
  qr: 0x8000,
  opcode: 0x7800,
  aa: 0x0400,
  tc: 0x0200,
  rd: 0x0100,
  ra: 0x0080,
  ad: 0x0020,
  cd: 0x0010,
}
export const rcode = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 }
export const recordType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  mx: 15,
  aaaa: 28,
  srv: 33,
  dname: 39,
  opt: 41,
  ixfr: 251,
  axfr: 252,
  any: 255,
}
export const classIn = 1
/** Size of an OPT record without options: root name, type, UDP size, extended rcode, version, flags, length. */
export const optBytes = 11

export interface RecordAt {
  section: 'answer' | 'authority' | 'additional'
  /** Offset of the owner name. */
  start: number
  type: number
  ttl: number
  ttlOffset: number
  rdata: number
  end: number
}

export interface ParsedResponse {
  bytes: Uint8Array
  flags: number
  /** Includes the upper bits in OPT (RFC 6891 section 6.1.3). */
  rcode: number
  /** Offset after the question; 12 if there is none. */
  questionEnd: number
  opt: RecordAt | undefined
  records: RecordAt[]
}

export function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!
}

export function setUint16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8
  bytes[offset + 1] = value
}

export function uint32(bytes: Uint8Array, offset: number): number {
  return ((uint16(bytes, offset) << 16) | uint16(bytes, offset + 2)) >>> 0
}

export function setUint32(bytes: Uint8Array, offset: number, value: number): void {
  setUint16(bytes, offset, value >>> 16)
  setUint16(bytes, offset + 2, value & 0xffff)
}

/** Copies the bytes: `slice` of a Node Buffer would share its memory. */
export function copyOf(bytes: Uint8Array, end: number = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(0, end))
}

/** Parses a response with at most one question; undefined if a record is incomplete or malformed. */
export function parseResponse(message: Uint8Array): ParsedResponse | undefined {
  if (message.length < headerBytes) return undefined
  const flags = uint16(message, 2)
  const questions = uint16(message, 4)
  if ((flags & flag.qr) === 0 || questions > 1) return undefined
  let at = headerBytes
  if (questions === 1) {
    const nameEnd = skipName(message, at)
    if (nameEnd < 0 || nameEnd + 4 > message.length) return undefined
    at = nameEnd + 4
  }
  const records = recordsFrom(message, at)
  // OPT is only valid in the additional section (RFC 6891 section 6.1.1).
  if (records?.every(({ type, section }) => type !== recordType.opt || section === 'additional') !== true) {
    return undefined
  }
  const opt = records.find(({ type }) => type === recordType.opt)
  const code = (flags & 15) | (opt === undefined ? 0 : (opt.ttl >>> 24) << 4)
  return { bytes: message, flags, rcode: code, questionEnd: at, opt, records }
}

/** All records of the message after the question section; undefined if one is truncated or malformed. */
export function recordsFrom(message: Uint8Array, offset: number): RecordAt[] | undefined {
  const records: RecordAt[] = []
  let at = offset
  for (const [section, countOffset] of sections) {
    for (let count = uint16(message, countOffset); count > 0; count -= 1) {
      const fixed = endOfName(message, at)
      if (fixed < 0 || fixed + 10 > message.length) return undefined
      const rdata = fixed + 10
      const end = rdata + uint16(message, fixed + 8)
      if (end > message.length || !isSoundData(message, fixed, end)) return undefined
      const ttl = uint32(message, fixed + 4)
      records.push({
        section,
        start: at,
        type: uint16(message, fixed),
        ttl,
        ttlOffset: fixed + 4,
        rdata,
        end,
      })
      at = end
    }
  }
  return records
}

const sections = [
  ['answer', 6],
  ['authority', 8],
  ['additional', 10],
] as const

/** Type, class, TTL and length of a record. */
const fixedBytes = 10
/** Serial, refresh, retry, expire and minimum. */
const soaNumberBytes = 20

/**
 * Whether the data is valid for its type (RFC 1035 section 3.3, RFC 2782, 3596, 6672). Names may be compressed,
 * and must end with the data.
 * @param fixed offset of the record's type; its data ends at `end`
 */
function isSoundData(message: Uint8Array, fixed: number, end: number): boolean {
  const start = fixed + fixedBytes
  const isInternet = uint16(message, fixed + 2) === classIn
  switch (uint16(message, fixed)) {
    case recordType.a:
      return !isInternet || end - start === 4
    case recordType.aaaa:
      return !isInternet || end - start === 16
    case recordType.ns:
    case recordType.cname:
    case recordType.ptr:
    case recordType.dname:
      return endOfName(message, start) === end
    case recordType.mx:
      return endOfName(message, start + 2) === end
    case recordType.srv:
      return endOfName(message, start + 6) === end
    case recordType.soa: {
      const primary = endOfName(message, start)
      return primary > 0 && endOfName(message, primary) === end - soaNumberBytes
    }
    default:
      return true
  }
}
