/** What an ICMP error quotes when the packet itself is long gone: its headers, made anew. */
import { defaultTtl, emitIpv4, ipv4Flag, ipv4HeaderBytes } from '../wire/ipv4.ts'

export interface QuotedFlow {
  protocol: number
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
  /** What follows the ports: sequence number of TCP; length and checksum of UDP. */
  word: number
  /** As much of what followed as is known. */
  payload?: Uint8Array
}

/** The first eight bytes behind the IP header, and what followed. */
export function writeQuoted(view: DataView, at: number, flow: QuotedFlow): void {
  view.setUint16(at, flow.sourcePort)
  view.setUint16(at + 2, flow.destinationPort)
  view.setInt32(at + 4, flow.word)
  flow.payload?.forEach((byte, i) => {
    view.setUint8(at + 8 + i, byte)
  })
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
