/**
 * UDP (RFC 768):
 *
 *   0 source port 2   2 destination port 2   4 length 2   6 checksum 2 (0: none)   8 payload
 */
import { foldInt } from './checksum.ts'
import { protocol, pseudoHeaderSum } from './ipv4.ts'
import type { PacketBuffer } from './packet.ts'

export const udpHeaderBytes = 8

/** End of the datagram's payload; -1 if the header is invalid. */
export function udpEnd(view: DataView, at: number, end: number): number {
  if (end - at < udpHeaderBytes) return -1
  const bytes = view.getUint16(at + 4)
  return bytes < udpHeaderBytes || at + bytes > end ? -1 : at + bytes
}

/** Source and destination of a datagram. */
export interface Datagram {
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
}

/** Writes the header before an existing payload; `bytes` is the length of both. */
export function emitUdp(packet: PacketBuffer, at: number, datagram: Datagram, bytes: number): void {
  emitUdpOver(
    packet,
    at,
    datagram,
    bytes,
    pseudoHeaderSum(datagram.source, datagram.destination, protocol.udp, 0),
  )
}

/** The same for either IP version. @param pseudo sum of the pseudo header without the length */
export function emitUdpOver(
  packet: PacketBuffer,
  at: number,
  datagram: Datagram,
  bytes: number,
  pseudo: number,
): void {
  const { view } = packet
  view.setUint16(at, datagram.sourcePort)
  view.setUint16(at + 2, datagram.destinationPort)
  view.setUint16(at + 4, bytes)
  view.setUint16(at + 6, 0)
  const checksum = ~foldInt(pseudo + bytes + packet.sum(at, bytes)) & 0xffff
  view.setUint16(at + 6, checksum === 0 ? 0xffff : checksum)
}
