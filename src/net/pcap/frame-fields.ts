/** What a capture filter can ask about a frame. Nothing here fails: what is not there is undefined. */

export interface FrameFields {
  etherType: number
  /** IANA protocol number of the IP payload. */
  protocol: number | undefined
  /** 4 or 16 bytes each; source and destination of IP, or sender and target of ARP. */
  addresses: readonly Uint8Array[]
  /** Source and destination of TCP or UDP; none for a later fragment. */
  ports: readonly number[]
}

const etherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd }
const headerBytes = { ethernet: 14, ipv6: 40 }
const withPorts: readonly number[] = [6, 17]

export function frameFields(frame: Uint8Array): FrameFields {
  const type = uint16(frame, 12)
  const packet = frame.subarray(headerBytes.ethernet)
  if (type === etherType.ipv4) return { etherType: type, ...ipv4Fields(packet) }
  if (type === etherType.ipv6) return { etherType: type, ...ipv6Fields(packet) }
  const addresses = type === etherType.arp ? [packet.subarray(14, 18), packet.subarray(24, 28)] : []
  return { etherType: type, protocol: undefined, addresses, ports: [] }
}

function ipv4Fields(packet: Uint8Array): Omit<FrameFields, 'etherType'> {
  const protocol = packet[9]
  const isFirst = (uint16(packet, 6) & 0x1fff) === 0
  const payload = packet.subarray(((packet[0] ?? 0) & 15) * 4)
  const addresses = [packet.subarray(12, 16), packet.subarray(16, 20)]
  return { protocol, addresses, ports: isFirst ? portsOf(protocol, payload) : [] }
}

function ipv6Fields(packet: Uint8Array): Omit<FrameFields, 'etherType'> {
  const protocol = packet[6]
  const addresses = [packet.subarray(8, 24), packet.subarray(24, 40)]
  return { protocol, addresses, ports: portsOf(protocol, packet.subarray(headerBytes.ipv6)) }
}

function portsOf(protocol: number | undefined, payload: Uint8Array): number[] {
  if (protocol === undefined || !withPorts.includes(protocol) || payload.length < 4) return []
  return [uint16(payload, 0), uint16(payload, 2)]
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}
