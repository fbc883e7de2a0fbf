/**
 * Builds a response record by record, with name compression (RFC 1035 section 4.1.4). Records that do not fit are
 * omitted, and the response is marked as truncated.
 */
import {
  classIn,
  flag,
  headerBytes,
  type RecordAt,
  recordType,
  setUint16,
  setUint32,
  uint16,
} from '../../wire/dns.ts'
import { ancestors, encodeName, labelsOf, readName } from '../../wire/domain-name.ts'

const countOffset = { answer: 6, authority: 8, additional: 10 } as const
const maxPointer = 0x3fff
/** The largest length of 16 bits (RFC 1035 section 4.2.2). */
const maxBytes = 65_535

export class ResponseBuilder {
  #bytes = new Uint8Array(512)
  #length: number
  /** End of the last record that fits. */
  #whole: number
  #isTruncated = false
  readonly #pointers = new Map<string, number>()

  /** @param question name, type and class in the wire format of the query */
  constructor(question: Uint8Array, flags: number) {
    this.#length = headerBytes
    setUint16(this.#bytes, 2, flags | flag.qr)
    setUint16(this.#bytes, 4, 1)
    const name = readName(question, 0)
    if (name !== undefined) this.#remember(name.text)
    this.#append(question)
    this.#whole = this.#length
  }

  add(section: RecordAt['section'], owner: string, type: number, ttl: number, rdata: Uint8Array): this {
    this.#head(owner, type, ttl)
    setUint16(this.#bytes, this.#length - 2, rdata.length)
    this.#append(rdata)
    return this.#count(section)
  }

  /** Adds a record whose data is a name: CNAME, PTR. */
  addName(section: RecordAt['section'], owner: string, type: number, ttl: number, target: string): this {
    this.#head(owner, type, ttl)
    const start = this.#length
    this.#name(target)
    setUint16(this.#bytes, start - 2, this.#length - start)
    return this.#count(section)
  }

  /**
   * Copies a record from another message. Its names are encoded again, because compression pointers are relative
   * to the message.
   */
  copy(from: Uint8Array, record: RecordAt): this {
    const owner = readName(from, record.start)
    if (owner === undefined) return this
    this.#head(owner.text, record.type, record.ttl)
    const start = this.#length
    const { before, names } = namesInData[record.type] ?? { before: 0, names: 0 }
    let at = record.rdata + before
    this.#append(from.subarray(record.rdata, at))
    for (let i = 0; i < names; i += 1) {
      const name = readName(from, at)
      if (name === undefined) break
      this.#name(name.text)
      at = name.end
    }
    this.#append(from.subarray(at, Math.max(at, record.end)))
    setUint16(this.#bytes, start - 2, this.#length - start)
    return this.#count(record.section)
  }

  /** @param code rcode, and flags in addition to the initial ones */
  finish(code: number): Uint8Array {
    const truncated = this.#isTruncated ? flag.tc : 0
    setUint16(this.#bytes, 2, uint16(this.#bytes, 2) | code | truncated)
    return this.#bytes.slice(0, this.#whole)
  }

  #head(owner: string, type: number, ttl: number): void {
    this.#name(owner)
    this.#reserve(10)
    setUint16(this.#bytes, this.#length, type)
    setUint16(this.#bytes, this.#length + 2, classIn)
    setUint32(this.#bytes, this.#length + 4, ttl)
    this.#length += 10
  }

  #name(text: string): void {
    const known = [...ancestors(text)].find((suffix) => suffix !== '' && this.#pointers.has(suffix))
    const fresh = known === undefined ? text : text.slice(0, Math.max(0, text.length - known.length - 1))
    this.#remember(text, known)
    const wire = encodeName(fresh) ?? Uint8Array.of(0)
    this.#append(known === undefined ? wire : wire.subarray(0, -1))
    if (known === undefined) return
    const pointer = this.#pointers.get(known)!
    this.#append(Uint8Array.of(0xc0 | (pointer >> 8), pointer))
  }

  /** Records the offset of each suffix of the name that is about to be written, down to `known`. */
  #remember(text: string, known = ''): void {
    let at = this.#length
    const labels = labelsOf(text)
    for (const [index, suffix] of [...ancestors(text)].entries()) {
      if (suffix === known || suffix === '' || at > maxPointer) return
      this.#pointers.set(suffix, at)
      at += 1 + (encodeName(labels[index]!)?.[0] ?? 0)
    }
  }

  /** Completes a record. After a record that does not fit, all others are omitted. */
  #count(section: RecordAt['section']): this {
    this.#isTruncated ||= this.#length > maxBytes
    if (this.#isTruncated) {
      this.#length = this.#whole
      return this
    }
    this.#whole = this.#length
    const offset = countOffset[section]
    setUint16(this.#bytes, offset, uint16(this.#bytes, offset) + 1)
    return this
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/**
 * Record types of RFC 1035 and a few later ones with names that may be compressed, after `before` fixed bytes.
 */
const namesInData: Readonly<Record<number, { before: number; names: number }>> = {
  [recordType.ns]: { before: 0, names: 1 },
  [recordType.cname]: { before: 0, names: 1 },
  [recordType.soa]: { before: 0, names: 2 },
  [recordType.ptr]: { before: 0, names: 1 },
  [recordType.mx]: { before: 2, names: 1 },
  [recordType.srv]: { before: 6, names: 1 },
  [recordType.dname]: { before: 0, names: 1 },
}
