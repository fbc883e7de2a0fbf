/** The link's addresses for the packet code. */
import type { NetworkSettings } from '../../config/desired.ts'
import { parseIpv4, parseIpv6, parseSubnet, type Subnet } from '../wire/addresses.ts'

export interface LinkAddresses {
  subnet: Subnet
  gateway: number
  /** Address that reaches the host's loopback. */
  host: number
  /** The guest that routes to addresses outside the link: a VM has container networks behind it. */
  router: number
  mtu: number
  /** Undefined if IPv6 is off. */
  ipv6: Ipv6Network | undefined
}

/** Throws on an address that is invalid for its family. */
export function linkAddresses(network: NetworkSettings): LinkAddresses {
  const { ipv6 } = network
  return {
    subnet: parseSubnet(network.subnet),
    gateway: parseIpv4(network.gateway),
    host: parseIpv4(network.host),
    router: parseIpv4(network.address),
    mtu: network.mtu,
    ipv6: ipv6 && {
      prefix: parseIpv6(ipv6.subnet.replace(/\/64$/, '')),
      gateway: parseIpv6(ipv6.gateway),
      host: parseIpv6(ipv6.host),
      router: parseIpv6(ipv6.address),
    },
  }
}

/** Whether it is in the subnet, and neither ours nor the network or broadcast address. */
export function mayBeGuest({ subnet, gateway, host }: LinkAddresses, address: number): boolean {
  const isInside = (address & subnet.mask) === subnet.network
  const isWhole = address === subnet.network || address === subnet.broadcast
  return isInside && !isWhole && address !== gateway && address !== host
}

/** Whether it can be behind a router: not in this network, and neither loopback nor multicast nor broadcast. */
export function isRoutable({ subnet }: LinkAddresses, address: number): boolean {
  const first = address >>> 24
  return first !== 0 && first !== 127 && first < 224 && (address & subnet.mask) !== subnet.network
}

export const loopback = 0x7f00_0001

/** Addresses of the settings, all in one /64. */
export interface Ipv6Network {
  prefix: Uint8Array
  gateway: Uint8Array
  /** Address that reaches the host's loopback. */
  host: Uint8Array
  /** The guest that routes to addresses outside the link. */
  router: Uint8Array
}
