/**
 * UDP (RFC 768):
 *
 *   0 source port 2   2 destination port 2   4 length 2   6 checksum 2 (0: none)   8 payload
 */
import { foldInt, sumOf } from './checksum.ts'
import { protocol, pseudoHeaderSum } from './ipv4.ts'

export const udpHeaderBytes = 8

/** End of the datagram's payload, or -1 when the header is not sound. */
export function udpEnd(view: DataView, at: number, end: number): number {
  if (end - at < udpHeaderBytes) return -1
  const bytes = view.getUint16(at + 4)
  return bytes < udpHeaderBytes || at + bytes > end ? -1 : at + bytes
}

export interface UdpFields {
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
  payloadBytes: number
}

/** Fills in the header before a payload that is already there. */
export function emitUdp(view: DataView, at: number, fields: UdpFields): void {
  const bytes = udpHeaderBytes + fields.payloadBytes
  view.setUint16(at, fields.sourcePort)
  view.setUint16(at + 2, fields.destinationPort)
  view.setUint16(at + 4, bytes)
  view.setUint16(at + 6, 0)
  const pseudo = pseudoHeaderSum(fields.source, fields.destination, protocol.udp, bytes)
  const checksum = ~foldInt(pseudo + sumOf(view, at, bytes)) & 0xffff
  view.setUint16(at + 6, checksum === 0 ? 0xffff : checksum)
}
