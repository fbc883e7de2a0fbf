/**
 * Spoof guard: detects frames to other guests that claim an address of another owner, by ARP or by neighbour and
 * router advertisements. A guest that accepted one would send packets for the gateway, the host or another guest
 * to the attacker.
 */
import { parseArp } from '../wire/arp.ts'
import { ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { icmp6Type } from '../wire/icmp6.ts'
import { ipv6HeaderBytes, protocol6 } from '../wire/ipv6.ts'
import { targetAt } from '../wire/ndp.ts'
import type { PacketBuffer } from '../wire/packet.ts'

const nextHeaderAt = 6
const ipv6AddressBytes = 16

/** Ownership of addresses. */
export interface AddressOwners {
  isOurIpv4(address: number): boolean
  /** Whether an IPv4 address is known to belong to another MAC. */
  isTaken(address: number, macHigh: number, macLow: number): boolean
  /** Whether the forwarder is an IPv6 router. */
  routesIpv6(): boolean
  /** Whether the IPv6 address at offset `at` is ours. */
  isOurIpv6(view: DataView, at: number): boolean
}

export function isSpoofed(owners: AddressOwners, { view }: PacketBuffer, at: number, end: number): boolean {
  const ip = at + ethernetHeaderBytes
  switch (view.getUint16(at + 12)) {
    case etherType.arp:
      return isSpoofedArp(owners, view, ip, end)
    case etherType.ipv6:
      return isSpoofedAdvertisement(owners, view, ip, end)
    default:
      return false
  }
}

function isSpoofedArp(owners: AddressOwners, view: DataView, at: number, end: number): boolean {
  const arp = parseArp(view, at, end)
  if (arp === undefined) return false
  const { senderAddress, senderHigh, senderLow } = arp
  return owners.isOurIpv4(senderAddress) || owners.isTaken(senderAddress, senderHigh, senderLow)
}

/** If IPv6 is on, the forwarder is the only router. */
function isSpoofedAdvertisement(owners: AddressOwners, view: DataView, ip: number, end: number): boolean {
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
