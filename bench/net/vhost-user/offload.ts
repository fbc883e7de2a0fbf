/**
 * Offload at the edge of the stack: struct virtio_net_hdr (virtio 1.2 section 5.1.6) of frames in both directions. The
 * stack believes in a link whose MTU is 65520 and fills segments of that size; the guest sees its own MTU, because
 * larger segments carry a GSO size. For this, the MSS option of the guest's SYNs is raised.
 */
import { fold, sumOf } from '../../../src/net/wire/checksum.ts'
import { ethernetHeaderBytes, etherType } from '../../../src/net/wire/ethernet.ts'

/** flags, type, header length, GSO size, checksum start, checksum offset, number of buffers; little-endian. */
export const netHeaderBytes = 12
export const buffersAt = 10
export const headerFlag = { needsChecksum: 1, isValid: 2 } as const
export const gsoType = { none: 0, tcp4: 1, tcp6: 4, ecn: 0x80 } as const

const tcp = { protocol: 6, headerBytes: 20, offset: 12, flags: 13, checksum: 16, syn: 2 } as const
const mssOption = { kind: 2, bytes: 4 } as const

interface TcpPlace {
  isIpv6: boolean
  /** Offset of the TCP header. */
  at: number
  /** Of the TCP header with its options. */
  headerBytes: number
}

/** The TCP header of an unfragmented frame; undefined if there is none that is whole. */
export function findTcp(view: DataView, at: number, end: number): TcpPlace | undefined {
  const ip = at + ethernetHeaderBytes
  if (end < ip + 40) return undefined
  const type = view.getUint16(at + 12)
  const isIpv6 = type === etherType.ipv6
  if (isIpv6 ? view.getUint8(ip + 6) !== tcp.protocol : type !== etherType.ipv4) return undefined
  if (!isIpv6 && (view.getUint8(ip + 9) !== tcp.protocol || (view.getUint16(ip + 6) & 0x3fff) !== 0))
    return undefined
  const where = ip + (isIpv6 ? 40 : (view.getUint8(ip) & 15) << 2)
  if (end < where + tcp.headerBytes) return undefined
  const headerBytes = (view.getUint8(where + tcp.offset) >> 4) << 2
  if (headerBytes < tcp.headerBytes || end < where + headerBytes) return undefined
  return { isIpv6, at: where, headerBytes }
}

/** Raises the MSS option of a SYN from the guest. Returns whether it is one: its checksum is then wrong. */
export function raiseMss(view: DataView, at: number, end: number, mss: number): boolean {
  const found = findTcp(view, at, end)
  if (found === undefined || (view.getUint8(found.at + tcp.flags) & tcp.syn) === 0) return false
  const optionsEnd = found.at + found.headerBytes
  for (let option = found.at + tcp.headerBytes; option + mssOption.bytes <= optionsEnd; ) {
    const kind = view.getUint8(option)
    if (kind === 0) break
    const bytes = kind === 1 ? 1 : view.getUint8(option + 1)
    if (bytes === 0) break
    if (kind === mssOption.kind && bytes === mssOption.bytes) view.setUint16(option + 2, mss)
    option += bytes
  }
  return true
}

/**
 * Writes the header of a frame to the guest. `head` begins with the frame's headers; the checksum of a segment larger
 * than the guest's MTU is replaced by that of the pseudo header, as GSO requires.
 */
export function describe(
  header: DataView,
  head: DataView,
  at: number,
  frameBytes: number,
  mtu: number,
): void {
  for (let i = 0; i < netHeaderBytes; i += 2) header.setUint16(i, 0)
  header.setUint8(0, headerFlag.isValid)
  if (frameBytes <= ethernetHeaderBytes + mtu) return
  const found = findTcp(head, at, at + frameBytes)
  if (found === undefined) return
  const headerBytes = found.at + found.headerBytes - at
  const tcpBytes = frameBytes - (found.at - at)
  header.setUint8(0, headerFlag.needsChecksum)
  header.setUint8(1, found.isIpv6 ? gsoType.tcp6 : gsoType.tcp4)
  header.setUint16(2, headerBytes, true)
  header.setUint16(4, ethernetHeaderBytes + mtu - headerBytes, true)
  header.setUint16(6, found.at - at, true)
  header.setUint16(8, tcp.checksum, true)
  const addressBytes = found.isIpv6 ? 32 : 8
  const sum = sumOf(head, at + ethernetHeaderBytes + (found.isIpv6 ? 8 : 12), addressBytes)
  head.setUint16(found.at + tcp.checksum, fold(sum + tcp.protocol + tcpBytes))
}
