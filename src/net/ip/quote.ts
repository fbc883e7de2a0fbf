/** What an ICMP error quotes when the packet itself is long gone: its header and first eight bytes, made anew. */
import { defaultTtl, emitIpv4, ipv4Flag, ipv4HeaderBytes } from '../wire/ipv4.ts'

export interface QuotedFlow {
  protocol: number
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
  /** What follows the ports: sequence number of TCP; length and checksum of UDP. */
  word: number
}

export function quoteOf(flow: QuotedFlow): Uint8Array {
  const bytes = new Uint8Array(ipv4HeaderBytes + 8)
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
  view.setUint16(ipv4HeaderBytes, flow.sourcePort)
  view.setUint16(ipv4HeaderBytes + 2, flow.destinationPort)
  view.setInt32(ipv4HeaderBytes + 4, flow.word)
  return bytes
}
