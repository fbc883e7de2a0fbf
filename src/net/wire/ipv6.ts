/**
 * IPv6 headers (RFC 8200):
 *
 *   0 version 4 bits, traffic class 8, flow label 20   4 payload length 2   6 next header   7 hop limit
 *   8 source 16   24 destination 16   40 extension headers, then the payload
 *
 * Extension headers are skipped: each is `next header 1, length 1 (in 8 bytes, without the first 8), …`.
 */
import { foldInt, sumOf } from './checksum.ts'

export const ipv6HeaderBytes = 40
export const fragmentHeaderBytes = 8
export const protocol6 = { tcp: 6, udp: 17, icmp: 58, none: 59 } as const
export const sourceAt = 8
export const destinationAt = 24

const extension = { hopByHop: 0, routing: 43, fragment: 44, destinationOptions: 60 } as const
/** Valid packets have one or two; limits the cost of a long chain. */
const maxExtensions = 8

/** Codes of the ICMPv6 message "parameter problem" (RFC 4443 section 3.4, RFC 7112 section 5). */
export const problem = { field: 0, nextHeader: 1, option: 2, incompleteChain: 3 } as const

/** Parsed header, reused so that no object is allocated per packet. */
export class Ipv6Header {
  /** Offsets in the parsed buffer. */
  at = 0
  /** After all extension headers; for a fragment, after its fragment header. */
  payloadAt = 0
  /** End of the payload according to the header, without padding. */
  end = 0
  /** Hop limit. */
  ttl = 0
  /** Protocol after the extension headers. */
  protocol = 0
  /** Offset from `at` of the field with the protocol: the pointer of "unrecognized next header". */
  protocolAt = 0
  /** Handles of the address table, filled in by the caller of the parser. */
  source = 0
  destination = 0
  /**
   * If true, `protocol` and `payloadAt` are those of the fragment header. An atomic fragment counts as
   * unfragmented.
   */
  isFragment = false
  identification = 0
  /** In bytes. */
  fragmentOffset = 0
  hasMoreFragments = false
  /** After a failed parse: code and pointer of the "parameter problem" to send; -1: none. */
  problem = -1
  problemAt = 0

  /**
   * Returns false if the packet is invalid or has an unsupported extension header. `end` is the end of the frame.
   */
  parse(view: DataView, at: number, end: number): boolean {
    this.problem = -1
    this.isFragment = false
    if (end - at < ipv6HeaderBytes || view.getUint8(at) >> 4 !== 6) return false
    const payloadBytes = view.getUint16(at + 4)
    if (at + ipv6HeaderBytes + payloadBytes > end) return false
    this.at = at
    this.end = at + ipv6HeaderBytes + payloadBytes
    this.ttl = view.getUint8(at + 7)
    this.protocol = view.getUint8(at + 6)
    this.protocolAt = 6
    this.payloadAt = at + ipv6HeaderBytes
    // TCP, UDP and ICMPv6 usually follow directly.
    return !isExtension(this.protocol) || this.#skipExtensions(view)
  }

  #skipExtensions(view: DataView): boolean {
    let fragmentAt = -1
    for (let count = 0; isExtension(this.protocol); count += 1) {
      const at = this.payloadAt
      if (count === maxExtensions) return false
      if (at + 8 > this.end) return this.#cutOff()
      const kind = this.protocol
      // Hop-by-hop options must come first (RFC 8200 section 4.1).
      if (kind === extension.hopByHop && at !== this.at + ipv6HeaderBytes) {
        return this.#fail(problem.nextHeader, this.protocolAt)
      }
      const bytes = kind === extension.fragment ? fragmentHeaderBytes : 8 + 8 * view.getUint8(at + 1)
      if (at + bytes > this.end) return this.#cutOff()
      if (kind === extension.fragment) {
        // Nested fragments would be reassembled repeatedly.
        if (fragmentAt >= 0) return false
        fragmentAt = at
        this.#readFragment(view, at)
      } else if (kind === extension.routing) {
        // Source routing is not supported (RFC 5095).
        if (view.getUint8(at + 3) !== 0) return this.#fail(problem.field, at + 2 - this.at)
      } else if (!this.#checkOptions(view, at + 2, at + bytes)) return false
      this.protocol = view.getUint8(at)
      this.protocolAt = at - this.at
      this.payloadAt = at + bytes
      // The data of a later fragment is not a header.
      if (this.isFragment && this.fragmentOffset > 0) return true
    }
    if (!this.isFragment) return true
    // The chain was checked for completeness only; reassembly starts at the fragment header.
    this.protocol = view.getUint8(fragmentAt)
    this.payloadAt = fragmentAt + fragmentHeaderBytes
    return true
  }

  #readFragment(view: DataView, at: number): void {
    const field = view.getUint16(at + 2)
    this.fragmentOffset = field & 0xfff8
    this.hasMoreFragments = (field & 1) !== 0
    // RFC 6946: offset zero without "more fragments" is a whole datagram.
    this.isFragment = this.fragmentOffset > 0 || this.hasMoreFragments
    this.identification = view.getUint32(at + 4)
  }

  /** RFC 8200 section 4.2: the two highest bits of an unknown option select the action. */
  #checkOptions(view: DataView, from: number, end: number): boolean {
    for (let at = from; at < end; ) {
      const type = view.getUint8(at)
      if (type === 0) {
        at += 1
        continue
      }
      if (at + 2 > end || at + 2 + view.getUint8(at + 1) > end) return false
      const action = type >> 6
      if (action === 1) return false
      if (action > 1) return this.#fail(problem.option, at - this.at)
      at += 2 + view.getUint8(at + 1)
    }
    return true
  }

  /** The header chain is incomplete; a first fragment must contain it all (RFC 7112). */
  #cutOff(): boolean {
    return this.isFragment && this.#fail(problem.incompleteChain, 0)
  }

  #fail(code: number, at: number): false {
    this.problem = code
    this.problemAt = at
    return false
  }
}

function isExtension(protocol: number): boolean {
  return (
    protocol === extension.hopByHop ||
    protocol === extension.routing ||
    protocol === extension.fragment ||
    protocol === extension.destinationOptions
  )
}

/** Writes the header except for the addresses. */
export function emitIpv6(
  view: DataView,
  at: number,
  { payloadBytes, protocol, ttl }: { payloadBytes: number; protocol: number; ttl: number },
): void {
  view.setInt32(at, 0x6000_0000)
  view.setUint16(at + 4, payloadBytes)
  view.setUint8(at + 6, protocol)
  view.setUint8(at + 7, ttl)
}

/** Sum of the pseudo header (RFC 8200 section 8.1); the addresses must be written already. */
export function pseudoHeader6Sum(view: DataView, at: number, protocol: number, bytes: number): number {
  return sumOf(view, at + sourceAt, 32) + protocol + foldInt(bytes)
}

/** Writes the fragment header (RFC 8200 section 4.5). `fragment`: offset in bytes, with bit 0 for "more". */
export function emitFragmentHeader(
  view: DataView,
  at: number,
  { protocol, fragment, identification }: { protocol: number; fragment: number; identification: number },
): void {
  view.setUint16(at, protocol << 8)
  view.setUint16(at + 2, fragment)
  view.setUint32(at + 4, identification)
}
export const fragmentProtocol: number = extension.fragment
