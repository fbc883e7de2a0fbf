/** The link's addresses as the packet code uses them. */
import type { NetworkSettings } from '../config/desired.ts'
import { parseIpv4, parseSubnet, type Subnet } from './wire/addresses.ts'

export interface LinkAddresses {
  subnet: Subnet
  gateway: number
  /** Reaches the host's loopback. */
  host: number
  mtu: number
}

/** Throws on addresses that are not IPv4. */
export function linkAddresses(network: NetworkSettings): LinkAddresses {
  return {
    subnet: parseSubnet(network.subnet),
    gateway: parseIpv4(network.gateway),
    host: parseIpv4(network.host),
    mtu: network.mtu,
  }
}

export const loopback = 0x7f00_0001
