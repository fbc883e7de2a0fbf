/** Verifies TCP and UDP checksums of packets from guests (RFC 9293 section 3.1, MUST-3; RFC 768). */
import { foldInt, sumOf, sumOfWord } from './checksum.ts'
import { type Ipv4Header, protocol } from './ipv4.ts'
import { type Ipv6Header, sourceAt } from './ipv6.ts'
import type { PacketBuffer } from './packet.ts'
import { udpEnd } from './udp.ts'

/** Also true without a checksum: other protocols, and UDP with checksum zero (RFC 1122 section 4.1.3.4). */
export function isChecksumRight(packet: PacketBuffer, header: Ipv4Header): boolean {
  if (packet.isVerified) return true
  const { source, destination } = header
  return isRight(packet, header, sumOfWord(source) + sumOfWord(destination))
}

export function isChecksumRight6(packet: PacketBuffer, header: Ipv6Header): boolean {
  return packet.isVerified || isRight(packet, header, sumOf(packet.view, header.at + sourceAt, 32))
}

function isRight(packet: PacketBuffer, header: Ipv4Header | Ipv6Header, addresses: number): boolean {
  const { payloadAt: at, protocol: kind } = header
  if (kind === protocol.tcp) return isSumRight(packet, at, header.end, addresses + kind)
  if (kind !== protocol.udp) return true
  const end = udpEnd(packet.view, at, header.end)
  // An invalid length is detected by the UDP input.
  if (end < 0 || packet.view.getUint16(at + 6) === 0) return true
  return isSumRight(packet, at, end, addresses + kind)
}

function isSumRight(packet: PacketBuffer, at: number, end: number, pseudo: number): boolean {
  const bytes = end - at
  return foldInt(pseudo + bytes + packet.sum(at, bytes)) === 0xffff
}
