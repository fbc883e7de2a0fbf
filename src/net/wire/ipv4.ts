/**
 * IPv4 headers (RFC 791):
 *
 *   0 version 4 bits, header words 4 bits   1 DSCP/ECN   2 total length 2
 *   4 identification 2                      6 flags 3 bits, fragment offset 13 bits
 *   8 TTL   9 protocol   10 header checksum 2   12 source 4   16 destination 4   20 options
 */
import { foldInt, sumOf, sumOfWord } from './checksum.ts'

export const ipv4HeaderBytes = 20
export const protocol = { icmp: 1, tcp: 6, udp: 17 } as const
export const ipv4Flag = { dontFragment: 0x4000, moreFragments: 0x2000 } as const
export const defaultTtl = 64

/** Parsed header, reused so that no object is allocated per packet. */
export class Ipv4Header {
  /** Offsets in the parsed buffer. */
  at = 0
  payloadAt = 0
  /** End of the payload according to the header, without padding. */
  end = 0
  typeOfService = 0
  identification = 0
  /** In bytes. */
  fragmentOffset = 0
  hasMoreFragments = false
  dontFragment = false
  ttl = 0
  protocol = 0
  source = 0
  destination = 0

  /**
   * Returns false if the IPv4 header is invalid, for example its checksum, unless `isVerified`. `end` is the end
   * of the frame.
   */
  parse(view: DataView, at: number, end: number, isVerified = false): boolean {
    if (end - at < ipv4HeaderBytes) return false
    const first = view.getUint8(at)
    const headerBytes = (first & 0x0f) << 2
    const totalBytes = view.getUint16(at + 2)
    if (first >> 4 !== 4 || headerBytes < ipv4HeaderBytes) return false
    if (totalBytes < headerBytes || at + totalBytes > end) return false
    if (headerBytes === ipv4HeaderBytes) {
      if (!isVerified && !isHeaderSound(view, at)) return false
    } else if (sumOf(view, at, headerBytes) !== 0xffff) return false
    this.at = at
    this.payloadAt = at + headerBytes
    this.end = at + totalBytes
    this.typeOfService = view.getUint8(at + 1)
    this.identification = view.getUint16(at + 4)
    const fragment = view.getUint16(at + 6)
    this.fragmentOffset = (fragment & 0x1fff) << 3
    this.hasMoreFragments = (fragment & ipv4Flag.moreFragments) !== 0
    this.dontFragment = (fragment & ipv4Flag.dontFragment) !== 0
    this.ttl = view.getUint8(at + 8)
    this.protocol = view.getUint8(at + 9)
    this.source = view.getInt32(at + 12)
    this.destination = view.getInt32(at + 16)
    return true
  }
}

/** Checksum of a header without options, without a loop. */
function isHeaderSound(view: DataView, at: number): boolean {
  const sum =
    sumOfWord(view.getInt32(at)) +
    sumOfWord(view.getInt32(at + 4)) +
    sumOfWord(view.getInt32(at + 8)) +
    sumOfWord(view.getInt32(at + 12)) +
    sumOfWord(view.getInt32(at + 16))
  return foldInt(sum) === 0xffff
}

export interface Ipv4Fields {
  /** Header and payload. */
  totalBytes: number
  /** 0 with "don't fragment" (RFC 6864). */
  identification: number
  /** Flags and offset in wire format. */
  fragment: number
  ttl: number
  protocol: number
  source: number
  destination: number
}

export function emitIpv4(view: DataView, at: number, fields: Ipv4Fields): void {
  view.setUint16(at, 0x4500)
  view.setUint16(at + 2, fields.totalBytes)
  view.setUint16(at + 4, fields.identification)
  view.setUint16(at + 6, fields.fragment)
  view.setUint8(at + 8, fields.ttl)
  view.setUint8(at + 9, fields.protocol)
  view.setUint16(at + 10, 0)
  view.setInt32(at + 12, fields.source)
  view.setInt32(at + 16, fields.destination)
  view.setUint16(at + 10, ~sumOf(view, at, ipv4HeaderBytes))
}

/** Sum of the pseudo header of TCP and UDP (RFC 9293 section 3.1). */
export function pseudoHeaderSum(source: number, destination: number, proto: number, bytes: number): number {
  return sumOfWord(source) + sumOfWord(destination) + proto + bytes
}
