/**
 * Neighbour discovery (RFC 4861), as it follows the first four bytes of ICMPv6:
 *
 *   solicitation, advertisement   4 flags 4 (advertisement: router, solicited, override)   8 target 16   24 options
 *   router solicitation           4 reserved 4   8 options
 *   router advertisement          4 hop limit   5 flags   6 lifetime s 2   8 reachable ms 4   12 retransmit ms 4   16 options
 *   option                        0 type   1 length in 8 bytes   2 …
 */
import { gatewayMac } from './ethernet.ts'
import { icmp6Type } from './icmp6.ts'

export const ndpOption = {
  sourceLinkAddress: 1,
  targetLinkAddress: 2,
  prefix: 3,
  mtu: 5,
  /** RFC 8106. */
  dnsServers: 25,
  searchList: 31,
} as const

export const targetAt = 8
const solicitationBytes = 24
const routerSolicitationBytes = 8
const linkAddressBytes = 8
export const neighbourBytes: number = solicitationBytes + linkAddressBytes

/** Offset of an option of this type; 0: absent; -1: the options are malformed. */
export function findOption(view: DataView, from: number, end: number, type: number): number {
  let found = 0
  for (let at = from; at < end; ) {
    if (at + 2 > end) return -1
    const bytes = 8 * view.getUint8(at + 1)
    // RFC 4861 section 4.6: reject a length of zero, which would loop endlessly.
    if (bytes === 0 || at + bytes > end) return -1
    if (view.getUint8(at) === type && found === 0) found = at
    at += bytes
  }
  return found
}

/** Offset of a message's options; -1 if the message is too short for its type. */
export function optionsAt(type: number, at: number, end: number): number {
  const bytes = type === icmp6Type.routerSolicitation ? routerSolicitationBytes : solicitationBytes
  return end - at < bytes ? -1 : at + bytes
}

/** Router, solicited, override. */
export const advertisementFlags = { solicited: 0xe000_0000, unsolicited: 0xa000_0000 } as const

/** Writes an advertisement of our address, or a solicitation of a guest's; the caller writes the checksum. */
export function emitNeighbour(
  view: DataView,
  at: number,
  { type, flags, target }: { type: number; flags: number; target: Uint8Array },
): void {
  view.setUint32(at, type << 24)
  view.setUint32(at + 4, flags)
  setBytes(view, at + targetAt, target)
  const isAnswer = type === icmp6Type.neighbourAdvertisement
  emitLinkAddress(
    view,
    at + solicitationBytes,
    isAnswer ? ndpOption.targetLinkAddress : ndpOption.sourceLinkAddress,
  )
}

export interface RouterAdvertisement {
  prefix: Uint8Array
  mtu: number
  dnsServer: Uint8Array
  /** Concatenated names in wire format. */
  searchList: Uint8Array
  lifetimeSeconds: number
}

/** "Other configuration" flag: DNS also by DHCPv6, for guests that do not read it from advertisements. */
const otherConfiguration = 0x40
const onLinkAndAutonomous = 0xc0
const forever = 0xffff_ffff
const hopLimit = 64

export function routerAdvertisementBytes({ searchList }: RouterAdvertisement): number {
  return 16 + linkAddressBytes + 8 + 32 + 24 + (searchList.length === 0 ? 0 : 8 + padded(searchList.length))
}

/** The caller writes the checksum. */
export function emitRouterAdvertisement(
  view: DataView,
  start: number,
  advertisement: RouterAdvertisement,
): void {
  const { prefix, mtu, dnsServer, searchList, lifetimeSeconds } = advertisement
  view.setUint32(start, icmp6Type.routerAdvertisement << 24)
  view.setUint32(start + 4, (hopLimit << 24) | (otherConfiguration << 16) | lifetimeSeconds)
  view.setUint32(start + 8, 0)
  view.setUint32(start + 12, 0)
  let at = start + 16
  emitLinkAddress(view, at, ndpOption.sourceLinkAddress)
  at += linkAddressBytes
  view.setUint32(at, (ndpOption.mtu << 24) | (1 << 16))
  view.setUint32(at + 4, mtu)
  at += 8
  view.setUint32(at, (ndpOption.prefix << 24) | (4 << 16) | (64 << 8) | onLinkAndAutonomous)
  view.setUint32(at + 4, forever)
  view.setUint32(at + 8, forever)
  view.setUint32(at + 12, 0)
  setBytes(view, at + 16, prefix)
  at += 32
  view.setUint32(at, (ndpOption.dnsServers << 24) | (3 << 16))
  view.setUint32(at + 4, lifetimeSeconds)
  setBytes(view, at + 8, dnsServer)
  at += 24
  if (searchList.length === 0) return
  const listBytes = padded(searchList.length)
  view.setUint32(at, (ndpOption.searchList << 24) | ((1 + listBytes / 8) << 16))
  view.setUint32(at + 4, lifetimeSeconds)
  for (let i = 0; i < listBytes; i += 1) view.setUint8(at + 8 + i, searchList[i] ?? 0)
}

function emitLinkAddress(view: DataView, at: number, type: number): void {
  view.setUint16(at, (type << 8) | 1)
  view.setUint16(at + 2, gatewayMac.high)
  view.setInt32(at + 4, gatewayMac.low)
}

function setBytes(view: DataView, at: number, bytes: Uint8Array): void {
  new Uint8Array(view.buffer, view.byteOffset + at, bytes.length).set(bytes)
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7
}
