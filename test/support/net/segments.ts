/** Builds frames independently of the code under test, with plain checksums. */

export interface SegmentText {
  /** Letters of S, A, F, R, P, U, E, W. */
  flags: string
  seq?: number
  ack?: number
  window?: number
  payload?: string | Uint8Array
  mss?: number
  windowShift?: number
  sackPermitted?: boolean
  sack?: [number, number][]
  /** Timestamps (RFC 7323): value and echo. */
  timestamps?: [number, number]
  /** Additional options, as bytes. */
  rawOptions?: readonly number[]
  urgent?: number
  /** The four reserved bits of the header (RFC 9293 section 3.1). */
  reserved?: number
  /** Overrides the correct checksum. */
  checksum?: number
}

export interface TextSegment {
  flags: string
  seq: number
  ack: number
  window: number
  mss: number | undefined
  windowShift: number | undefined
  sackPermitted: boolean
  sack: [number, number][]
  timestamps: [number, number] | undefined
  reserved: number
  payload: Uint8Array
}

export const flagBits = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32, E: 64, W: 128 } as const

export function plainChecksum(...parts: Uint8Array[]): number {
  const bytes = Buffer.concat(parts)
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

/** The frame with a correct TCP or UDP checksum; a truncated frame is unchanged. */
export function summed(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const isIpv6 = frame.length > 54 && view.getUint16(12) === 0x86dd
  if (frame.length < 42 || !(isIpv6 || view.getUint16(12) === 0x0800)) return frame
  const at = isIpv6 ? 54 : 14 + 4 * (frame[14]! & 15)
  const end = isIpv6 ? at + view.getUint16(18) : 14 + view.getUint16(16)
  const protocol = frame[isIpv6 ? 20 : 23]!
  const checksumAt = at + (protocol === 6 ? 16 : 6)
  if (![6, 17].includes(protocol) || checksumAt + 2 > end || end > frame.length) return frame
  const length = protocol === 6 ? end - at : view.getUint16(at + 4)
  if (at + length > end || length < 8) return frame
  view.setUint16(checksumAt, 0)
  const pseudo = Uint8Array.of(0, protocol, length >> 8, length & 255)
  const addresses = isIpv6 ? frame.subarray(22, 54) : frame.subarray(26, 34)
  const sum = plainChecksum(addresses, pseudo, frame.subarray(at, at + length))
  // UDP represents zero as all ones: zero means no checksum.
  view.setUint16(checksumAt, sum === 0 && protocol === 17 ? 0xffff : sum)
  return frame
}

/** Address of either family, with at most one `::`. */
export function octets(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number)
  const [before = [], after = []] = address
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)])))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255])
}

/** Pseudo headers of RFC 9293 section 3.1 and RFC 8200 section 8.1, which have the same sum. */
export function pseudoHeader(
  source: string,
  destination: string,
  protocol: number,
  length: number,
): Uint8Array {
  return Uint8Array.of(...octets(source), ...octets(destination), 0, protocol, length >> 8, length & 255)
}

export function tcpPacket(
  source: string,
  destination: string,
  ports: { guestPort: number; port: number },
  segment: SegmentText,
): Uint8Array {
  const options: number[] = []
  const { mss, windowShift, sackPermitted, sack = [], timestamps, rawOptions = [] } = segment
  if (mss !== undefined) options.push(2, 4, mss >> 8, mss & 255)
  if (windowShift !== undefined) options.push(3, 3, windowShift)
  if (sackPermitted) options.push(4, 2)
  if (timestamps !== undefined) options.push(8, 10, ...timestamps.flatMap(bytesOf))
  if (sack.length > 0) options.push(5, 2 + 8 * sack.length, ...sack.flat().flatMap(bytesOf))
  options.push(...rawOptions)
  while (options.length % 4 !== 0) options.push(1)
  const { payload = '' } = segment
  const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const packet = new Uint8Array(20 + options.length + data.length)
  const view = new DataView(packet.buffer)
  view.setUint16(0, ports.guestPort)
  view.setUint16(2, ports.port)
  view.setInt32(4, segment.seq ?? 0)
  view.setInt32(8, segment.ack ?? 0)
  view.setUint8(12, (((20 + options.length) / 4) << 4) | (segment.reserved ?? 0))
  view.setUint8(
    13,
    [...segment.flags].reduce((bits, flag) => bits | flagBits[flag as 'F'], 0),
  )
  view.setUint16(14, segment.window ?? 65_535)
  view.setUint16(18, segment.urgent ?? 0)
  packet.set(options, 20)
  packet.set(data, 20 + options.length)
  const sum = plainChecksum(pseudoHeader(source, destination, 6, packet.length), packet)
  view.setUint16(16, segment.checksum ?? sum)
  return packet
}

function bytesOf(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]
}

const guestMac = [2, 0x50, 0, 0, 0, 1]
const gatewayMac = [2, 0x50, 0, 0, 0, 0]

export function ipv4Frame(
  protocol: number,
  source: string,
  destination: string,
  payload: Uint8Array,
  {
    ttl = 64,
    identification = 0,
    fragment = 0,
  }: { ttl?: number; identification?: number; fragment?: number } = {},
): Uint8Array {
  const header = new Uint8Array(20)
  const view = new DataView(header.buffer)
  view.setUint8(0, 0x45)
  view.setUint16(2, 20 + payload.length)
  view.setUint16(4, identification)
  view.setUint16(6, fragment)
  view.setUint8(8, ttl)
  view.setUint8(9, protocol)
  header.set([...octets(source), ...octets(destination)], 12)
  view.setUint16(10, plainChecksum(header))
  const frame = new Uint8Array(34 + payload.length)
  frame.set([...gatewayMac, ...guestMac, 8, 0])
  frame.set(header, 14)
  frame.set(payload, 34)
  return frame
}

export function ipv6Frame(
  protocol: number,
  source: string,
  destination: string,
  payload: Uint8Array,
  { ttl = 64 }: { ttl?: number } = {},
): Uint8Array {
  const header = [0x60, 0, 0, 0, payload.length >> 8, payload.length & 255, protocol, ttl]
  const to = octets(destination)
  const mac = to[0] === 0xff ? [0x33, 0x33, ...to.slice(12)] : gatewayMac
  return Uint8Array.of(...mac, ...guestMac, 0x86, 0xdd, ...header, ...octets(source), ...to, ...payload)
}

/** Frame of the addresses' family. */
export function tcpFrame(
  source: string,
  destination: string,
  ports: { guestPort: number; port: number },
  segment: SegmentText,
): Uint8Array {
  const packet = tcpPacket(source, destination, ports, segment)
  return (source.includes(':') ? ipv6Frame : ipv4Frame)(6, source, destination, packet)
}
