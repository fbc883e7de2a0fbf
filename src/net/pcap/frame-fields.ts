/** Fields of a frame for capture filters. Never throws: missing fields are undefined. */

export interface FrameFields {
  etherType: number
  /** Source and destination of the frame, 6 bytes each. */
  macs: readonly Uint8Array[]
  /** IANA protocol number of the IP payload, after an IPv6 fragment header. */
  protocol: number | undefined
  /** 4 or 16 bytes each; source and destination of IP, or sender and target of ARP. */
  addresses: readonly Uint8Array[]
  /** Source and destination of TCP, UDP or SCTP; empty for later fragments. */
  ports: readonly number[]
}

const etherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd }
const headerBytes = { ethernet: 14, ipv6: 40 }
const withPorts: readonly number[] = [6, 17, 132]
/** RFC 8200, section 4.5. */
const fragmentHeader = 44

export function frameFields(frame: Uint8Array): FrameFields {
  const type = uint16(frame, 12)
  const packet = frame.subarray(headerBytes.ethernet)
  return {
    etherType: type,
    macs: [frame.subarray(6, 12), frame.subarray(0, 6)],
    ...packetFields(type, packet),
  }
}

type PacketFields = Omit<FrameFields, 'etherType' | 'macs'>

function packetFields(type: number, packet: Uint8Array): PacketFields {
  if (type === etherType.ipv4) return ipv4Fields(packet)
  if (type === etherType.ipv6) return ipv6Fields(packet)
  const addresses = type === etherType.arp ? [packet.subarray(14, 18), packet.subarray(24, 28)] : []
  return { protocol: undefined, addresses, ports: [] }
}

function ipv4Fields(packet: Uint8Array): PacketFields {
  const protocol = packet[9]
  const isFirst = (uint16(packet, 6) & 0x1fff) === 0
  const payload = packet.subarray(((packet[0] ?? 0) & 15) * 4)
  const addresses = [packet.subarray(12, 16), packet.subarray(16, 20)]
  return { protocol, addresses, ports: isFirst ? portsOf(protocol, payload) : [] }
}

function ipv6Fields(packet: Uint8Array): PacketFields {
  const next = packet[6]
  const protocol = next === fragmentHeader ? packet[headerBytes.ipv6] : next
  const addresses = [packet.subarray(8, 24), packet.subarray(24, 40)]
  return { protocol, addresses, ports: portsOf(next, packet.subarray(headerBytes.ipv6)) }
}

function portsOf(protocol: number | undefined, payload: Uint8Array): number[] {
  if (protocol === undefined || !withPorts.includes(protocol) || payload.length < 4) return []
  return [uint16(payload, 0), uint16(payload, 2)]
}

function uint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0)
}
