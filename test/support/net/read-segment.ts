/** Parses frames independently of the code under test. */
import { flagBits, plainChecksum, type TextSegment } from './segments.ts'

/** Undefined if it is not TCP; throws if a checksum or length is wrong. */
export function parseSegmentFrame(frame: Uint8Array): TextSegment | undefined {
  const packet = tcpOfIpv4(frame) ?? tcpOfIpv6(frame)
  return packet && parseSegment(packet)
}

function tcpOfIpv6(frame: Uint8Array): Uint8Array | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  if (view.getUint16(12) !== 0x86dd || frame[20] !== 6) return undefined
  if (view.getUint16(18) !== frame.length - 54) throw new Error('wrong IPv6 length')
  const packet = frame.subarray(54)
  const pseudo = Uint8Array.of(...frame.subarray(22, 54), 0, 6, packet.length >> 8, packet.length & 255)
  if (plainChecksum(pseudo, packet) !== 0) throw new Error('wrong TCP checksum')
  return packet
}

function tcpOfIpv4(frame: Uint8Array): Uint8Array | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  if (view.getUint16(12) !== 0x0800 || frame[23] !== 6) return undefined
  const header = frame.subarray(14, 34)
  if (plainChecksum(header) !== 0) throw new Error('wrong IPv4 header checksum')
  if (view.getUint16(16) !== frame.length - 14) throw new Error('wrong IPv4 length')
  const packet = frame.subarray(34)
  const pseudo = new Uint8Array(12)
  pseudo.set(frame.subarray(26, 34))
  pseudo.set([0, 6, packet.length >> 8, packet.length & 255], 8)
  if (plainChecksum(pseudo, packet) !== 0) throw new Error('wrong TCP checksum')
  return packet
}

function parseSegment(packet: Uint8Array): TextSegment {
  const tcp = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const headerBytes = (tcp.getUint8(12) >> 4) * 4
  const bits = tcp.getUint8(13)
  const segment: TextSegment = {
    flags: Object.entries(flagBits)
      .flatMap(([letter, bit]) => (bits & bit ? letter : []))
      .join(''),
    seq: tcp.getInt32(4),
    ack: tcp.getInt32(8),
    window: tcp.getUint16(14),
    mss: undefined,
    windowShift: undefined,
    sackPermitted: false,
    sack: [],
    timestamps: undefined,
    reserved: tcp.getUint8(12) & 15,
    payload: packet.slice(headerBytes),
  }
  for (let at = 20; at < headerBytes; ) {
    const kind = packet[at]!
    if (kind === 0) break
    if (kind === 1) {
      at += 1
      continue
    }
    const length = packet[at + 1]!
    if (kind === 2) segment.mss = tcp.getUint16(at + 2)
    if (kind === 3) segment.windowShift = packet[at + 2]!
    if (kind === 4) segment.sackPermitted = true
    if (kind === 8) segment.timestamps = [tcp.getInt32(at + 2), tcp.getInt32(at + 6)]
    if (kind === 5) {
      for (let i = at + 2; i < at + length; i += 8) segment.sack.push([tcp.getInt32(i), tcp.getInt32(i + 4)])
    }
    at += length
  }
  return segment
}
