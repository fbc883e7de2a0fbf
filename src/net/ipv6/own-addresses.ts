/** The forwarder's own IPv6 addresses, and well-known addresses, as handles. */
import type { AddressTable } from '../core/address-table.ts'
import type { Ipv6Network } from '../core/settings.ts'
import { gatewayMac } from '../wire/ethernet.ts'

export interface OwnAddresses6 {
  prefix: Uint8Array
  /** Signed words of the prefix, for comparison. */
  prefixHigh: number
  prefixLow: number
  gateway: number
  /** The gateway's link-local address, the source of router advertisements (RFC 4861 section 6.1.2). */
  linkLocal: number
  host: number
  router: number
  /** `::1`, the host's form of its loopback address. */
  loopback: number
  unspecified: number
  allNodes: number
  allRouters: number
  /** Multicast group of DHCPv6 servers (RFC 8415 section 7.1). */
  dhcpServers: number
}

export function ownAddresses6(table: AddressTable, network: Ipv6Network): OwnAddresses6 {
  const view = new DataView(network.prefix.buffer, network.prefix.byteOffset)
  return {
    prefix: network.prefix,
    prefixHigh: view.getInt32(0),
    prefixLow: view.getInt32(4),
    gateway: table.pin(network.gateway),
    linkLocal: table.pin(linkLocalOf(gatewayMac.high, gatewayMac.low)),
    host: table.pin(network.host),
    router: table.pin(network.router),
    loopback: table.pin(addressOf([], [1])),
    unspecified: table.pin(new Uint8Array(16)),
    allNodes: table.pin(addressOf([0xff, 2], [1])),
    allRouters: table.pin(addressOf([0xff, 2], [2])),
    dhcpServers: table.pin(addressOf([0xff, 2], [1, 0, 2])),
  }
}

/** fe80:: with the modified EUI-64 of a MAC (RFC 4291 appendix A). */
export function linkLocalOf(macHigh: number, macLow: number): Uint8Array {
  const mac = [
    macHigh >> 8,
    macHigh & 255,
    macLow >>> 24,
    (macLow >>> 16) & 255,
    (macLow >>> 8) & 255,
    macLow & 255,
  ]
  const [first = 0, ...others] = mac
  return addressOf([0xfe, 0x80], [first ^ 2, ...others.slice(0, 2), 0xff, 0xfe, ...others.slice(2)])
}

/** An address from its first and last bytes, with zeros between. */
function addressOf(first: readonly number[], last: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes.set(first)
  bytes.set(last, 16 - last.length)
  return bytes
}
