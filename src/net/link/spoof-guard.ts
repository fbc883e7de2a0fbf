/**
 * Spoof guard: whether a frame for other guests claims an address that is not its sender's, by ARP, or by neighbour
 * and router advertisements. A guest that believed it would send the gateway's, the host's or another guest's packets
 * there.
 */
import { parseArp } from '../wire/arp.ts'
import { ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { icmp6Type } from '../wire/icmp6.ts'
import { ipv6HeaderBytes, protocol6 } from '../wire/ipv6.ts'
import { targetAt } from '../wire/ndp.ts'
import type { PacketBuffer } from '../wire/packet.ts'

const nextHeaderAt = 6
const ipv6AddressBytes = 16

/** Whose an address is. */
export interface AddressOwners {
  isOurIpv4(address: number): boolean
  /** Whether an IPv4 address is known to belong to another MAC. */
  isTaken(address: number, macHigh: number, macLow: number): boolean
  /** Whether the forwarder is a router for IPv6. */
  routesIpv6(): boolean
  /** Of the IPv6 address written at `at`. */
  isOurIpv6(view: DataView, at: number): boolean
}

export function isSpoofed(owners: AddressOwners, { view }: PacketBuffer, at: number, end: number): boolean {
  const ip = at + ethernetHeaderBytes
  switch (view.getUint16(at + 12)) {
    case etherType.arp:
      return isArpImpostor(owners, view, ip, end)
    case etherType.ipv6:
      return isAdvertisementImpostor(owners, view, ip, end)
    default:
      return false
  }
}

function isArpImpostor(owners: AddressOwners, view: DataView, at: number, end: number): boolean {
  const arp = parseArp(view, at, end)
  if (arp === undefined) return false
  const { senderAddress, senderHigh, senderLow } = arp
  return owners.isOurIpv4(senderAddress) || owners.isTaken(senderAddress, senderHigh, senderLow)
}

/** Only we are a router here, where we are one. */
function isAdvertisementImpostor(owners: AddressOwners, view: DataView, ip: number, end: number): boolean {
  const at = ip + ipv6HeaderBytes
  if (!owners.routesIpv6() || end <= at || view.getUint8(ip + nextHeaderAt) !== protocol6.icmp) return false
  switch (view.getUint8(at)) {
    case icmp6Type.routerAdvertisement:
      return true
    case icmp6Type.neighbourAdvertisement:
      return end >= at + targetAt + ipv6AddressBytes && owners.isOurIpv6(view, at + targetAt)
    default:
      return false
  }
}
