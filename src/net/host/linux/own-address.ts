/**
 * The local address that a datagram was sent to, which must be the source of its reply. A wildcard socket has
 * several, and the kernel would choose one by route. ip(7), IP_PKTINFO; ipv6(7), IPV6_RECVPKTINFO. Control
 * messages:
 *
 *   struct cmsghdr      0 length u64   8 level u32   12 type u32   16 data, padded to 8
 *   struct in_pktinfo   0 interface u32   4 local address   8 destination of the header    12 bytes
 *   struct in6_pktinfo  0 address   16 interface u32                                       20 bytes
 */
import { family, SocketAddress } from '../sockaddr.ts'
import { setOption } from './sockets.ts'

const ipv4 = { level: 0, option: 8, type: 8, bytes: 12 } as const
const ipv6 = { level: 41, option: 49, type: 50, bytes: 20 } as const
const headerBytes = 16
const one = Int32Array.of(1)

/** Enables reception of the destination address with each datagram. */
export function receiveOwnAddresses(fd: number, socketFamily: number): void {
  setOption(fd, ipv4.level, ipv4.option, one, one.byteLength)
  if (socketFamily === family.inet6) setOption(fd, ipv6.level, ipv6.option, one, one.byteLength)
}

/**
 * Reads it from control messages. Returns false if it is absent, or not valid as a source, such as a multicast
 * group.
 */
export function readOwnAddress(view: DataView, start: number, bytes: number, into: SocketAddress): boolean {
  let isFound = false
  for (let at = start; at + headerBytes <= start + bytes; ) {
    const length = view.getUint32(at, true)
    if (length < headerBytes) break
    const level = view.getUint32(at + 8, true)
    const type = view.getUint32(at + 12, true)
    const data = at + headerBytes
    if (level === ipv4.level && type === ipv4.type) {
      // For a broadcast, this is the interface's own address. A dual-stack socket also gets the mapped form,
      // before this one.
      into.setIpv4(view.getInt32(data + 4), 0)
      return true
    }
    if (level === ipv6.level && type === ipv6.type) isFound = readIpv6(view, data, into)
    at += headerBytes + padded(length - headerBytes)
  }
  return isFound
}

function readIpv6(view: DataView, data: number, into: SocketAddress): boolean {
  into.setIpv6(0)
  for (let i = 0; i < 16; i += 4) into.view.setInt32(SocketAddress.ipv6At + i, view.getInt32(data + i))
  // Only link-local addresses include the interface; others are routed.
  into.scope = view.getUint16(data) >> 6 === linkLocalTop ? view.getUint32(data + 16, true) : 0
  return view.getUint8(data) !== 0xff
}

/** Writes the control message that sets the source address; returns its size. */
export function writeOwnAddress(
  view: DataView,
  at: number,
  { view: own, family: kind }: SocketAddress,
): number {
  const { level, type, bytes } = kind === family.inet6 ? ipv6 : ipv4
  const data = at + headerBytes
  view.setUint32(at, headerBytes + bytes, true)
  view.setUint32(at + 4, 0, true)
  view.setUint32(at + 8, level, true)
  view.setUint32(at + 12, type, true)
  if (kind === family.inet6) {
    for (let i = 0; i < 16; i += 4) view.setInt32(data + i, own.getInt32(SocketAddress.ipv6At + i))
    view.setInt32(data + 16, own.getInt32(24))
  } else {
    view.setInt32(data, 0)
    view.setInt32(data + 4, own.getInt32(4))
    view.setInt32(data + 8, 0)
  }
  return spaceOf(bytes)
}

/** First ten bits of fe80::/10. */
const linkLocalTop = 0xfe80 >> 6

function padded(bytes: number): number {
  return (bytes + 7) & ~7
}

function spaceOf(bytes: number): number {
  return headerBytes + padded(bytes)
}
