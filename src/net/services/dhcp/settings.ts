/** DHCP server settings, derived from the network section of `desktop.yaml`. */
import ipaddr from 'ipaddr.js'
import type { NetworkSettings } from '../../../config/desired.ts'
import { guestMac } from '../../../config/guest-mac.ts'
import { type DhcpSettings, netmask, readUint32 } from './options.ts'

/** One day: short enough to pick up a changed network; a suspended VM keeps its address anyway. */
const leaseSeconds = 86_400

/** @param search domains for option 119; the first is also the domain name (option 15). */
export function dhcpSettings(network: NetworkSettings, search: readonly string[]): DhcpSettings {
  const [base, prefix] = ipaddr.IPv4.parseCIDR(network.subnet)
  const subnet = { network: (fromBytes(base.octets) & netmask(prefix)) >>> 0, prefix }
  const gateway = ipv4Number(network.gateway)
  const host = ipv4Number(network.host)
  const hostIsOnLink = (host & netmask(prefix)) >>> 0 === subnet.network
  return {
    subnet,
    server: gateway,
    router: gateway,
    dnsServers: [gateway],
    ntpServers: [gateway],
    hostName: undefined,
    domain: search[0],
    search,
    mtu: network.mtu,
    routes: hostIsOnLink ? [] : [{ network: host, prefix: 32, router: gateway }],
    leaseSeconds,
    reserved: new Map([[network.mac ?? guestMac, ipv4Number(network.address)]]),
    excluded: new Set([gateway, host]),
  }
}

function ipv4Number(text: string): number {
  return fromBytes(ipaddr.IPv4.parse(text).octets)
}

function fromBytes(octets: readonly number[]): number {
  return readUint32(Uint8Array.from(octets))!
}
