/** Default addresses of a network without desktop.yaml. */
import type { NetworkSettings } from '../config/desired.ts'
import { ipv6Settings } from '../config/ipv6-network.ts'
import { formatIpv4, parseSubnet } from './wire/addresses.ts'

/** Addresses like Docker Desktop's, in a /24. `subnet6` is a /64; without it, IPv4 only. */
export function standaloneNetwork(subnet: string, mtu: number, subnet6?: string): NetworkSettings {
  const { network } = parseSubnet(subnet)
  return {
    subnet,
    gateway: formatIpv4(network + 1),
    address: formatIpv4(network + 3),
    host: formatIpv4(network + 254),
    mtu,
    ...(subnet6 === undefined ? {} : { ipv6: ipv6Settings(subnet6) }),
  }
}
