/** Quotes for ICMP errors about packets that are no longer available: rebuilds their headers. */
import type { QuotedFlow, QuotedSegment } from '../core/flow.ts'
import { defaultTtl, emitIpv4, ipv4Flag, ipv4HeaderBytes, protocol } from '../wire/ipv4.ts'

/** Unreachable, source quench, redirect, time exceeded, parameter problem. */
const icmpErrors: ReadonlySet<number> = new Set([3, 4, 5, 11, 12])

/** Minimum length of a quote after the IP header (RFC 792). */
export const quotedBytes = 8

/** Reads the start of our TCP header from a quote. */
export function readQuotedTcp(
  view: DataView,
  at: number,
  guestAddress: number,
  address: number,
): QuotedSegment {
  const ports = { guestPort: view.getUint16(at + 2), port: view.getUint16(at) }
  return { ...ports, guestAddress, address, sequence: view.getInt32(at + 4) }
}

/** Writes the first eight bytes after the IP header, and the payload. */
export function writeQuoted(view: DataView, at: number, flow: QuotedFlow): void {
  view.setUint16(at, flow.sourcePort)
  view.setUint16(at + 2, flow.destinationPort)
  view.setInt32(at + 4, flow.word)
  flow.payload?.forEach((byte, i) => {
    view.setUint8(at + 8 + i, byte)
  })
}

/**
 * Whether an ICMP error may be sent about a packet (RFC 1122 section 3.2.2): not about another error, or two
 * stacks would exchange errors endlessly, and only about the first fragment.
 */
export function mayBeReported(packet: Uint8Array): boolean {
  const isFirst = (packet[6]! & 0x1f) === 0 && packet[7] === 0
  const type = packet[(packet[0]! & 15) << 2]
  return isFirst && (packet[9] !== protocol.icmp || type === undefined || !icmpErrors.has(type))
}

export function quoteOf(flow: QuotedFlow): Uint8Array {
  const bytes = new Uint8Array(ipv4HeaderBytes + 8 + (flow.payload?.length ?? 0))
  const view = new DataView(bytes.buffer)
  emitIpv4(view, 0, {
    totalBytes: bytes.length,
    identification: 0,
    fragment: ipv4Flag.dontFragment,
    ttl: defaultTtl,
    protocol: flow.protocol,
    source: flow.source,
    destination: flow.destination,
  })
  writeQuoted(view, ipv4HeaderBytes, flow)
  return bytes
}
