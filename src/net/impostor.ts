/**
 * Spoof guard: whether a frame for other guests claims an address that is not its sender's, by ARP, or by neighbour
 * and router advertisements. A guest that believed it would send the gateway's, the host's or another guest's packets
 * there.
 */
import type { IpLayer } from './ip/layer.ts'
import { parseArp } from './wire/arp.ts'
import { ethernetHeaderBytes, etherType } from './wire/ethernet.ts'
import { icmp6Type } from './wire/icmp6.ts'
import { ipv6HeaderBytes, protocol6 } from './wire/ipv6.ts'
import { targetAt } from './wire/ndp.ts'
import type { PacketBuffer } from './wire/packet.ts'

const nextHeaderAt = 6
const ipv6AddressBytes = 16

export function isImpostor(layer: IpLayer, { view }: PacketBuffer, at: number, end: number): boolean {
  const ip = at + ethernetHeaderBytes
  switch (view.getUint16(at + 12)) {
    case etherType.arp:
      return isArpImpostor(layer, view, ip, end)
    case etherType.ipv6:
      return isAdvertisementImpostor(layer, view, ip, end)
    default:
      return false
  }
}

function isArpImpostor({ addresses, host }: IpLayer, view: DataView, at: number, end: number): boolean {
  const arp = parseArp(view, at, end)
  if (arp === undefined) return false
  const { senderAddress, senderHigh, senderLow } = arp
  const isOurs = senderAddress === addresses.gateway || senderAddress === addresses.host
  return isOurs || host.isTaken(senderAddress, senderHigh, senderLow)
}

/** Only we are a router here, where we are one. */
function isAdvertisementImpostor({ ip6 }: IpLayer, view: DataView, ip: number, end: number): boolean {
  const at = ip + ipv6HeaderBytes
  if (ip6 === undefined || end <= at || view.getUint8(ip + nextHeaderAt) !== protocol6.icmp) return false
  switch (view.getUint8(at)) {
    case icmp6Type.routerAdvertisement:
      return true
    case icmp6Type.neighbourAdvertisement:
      return end >= at + targetAt + ipv6AddressBytes && ip6.isOurs(ip6.table.intern(view, at + targetAt))
    default:
      return false
  }
}
