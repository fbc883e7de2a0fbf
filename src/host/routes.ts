/** Networks that this host reaches through a dedicated interface. */
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

export interface HostRoute {
  /** CIDR. */
  network: string
  interface: string
}

/** Interface networks, and on Linux the routing tables; without default routes, loopback, link-local and multicast. */
export async function hostRoutes(): Promise<HostRoute[]> {
  const routes = new Map<string, HostRoute>()
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { cidr, internal } of addresses ?? []) {
      if (cidr === null || internal) continue
      const network = networkOf(cidr)
      if (isForHosts(network)) routes.set(network, { network, interface: name })
    }
  }
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '')
  const table6 = await readFile('/proc/net/ipv6_route', 'utf8').catch(() => '')
  for (const route of [...parseRouteTable(table), ...parseRouteTable6(table6)]) {
    if (isForHosts(route.network)) routes.set(route.network, route)
  }
  return [...routes.values()]
}

const isForHosts = (network: string): boolean =>
  !['loopback', 'linkLocal', 'multicast'].includes(
    ipaddr.parse(network.slice(0, network.indexOf('/'))).range(),
  )

/** 0/1 and 128/1, which VPNs use to override the default route; for IPv6, also 2000::/3 and its halves. */
const halves = 1
const halves6 = 4

/** proc_net_route(5): addresses are little-endian hexadecimal words. */
export function parseRouteTable(text: string): HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .flatMap(([name, destination, , , , , , mask]) => {
      if (name === undefined || destination === undefined || mask === undefined) return []
      const prefix = ipaddr.IPv4.parse(address(mask)).prefixLengthFromSubnetMask() ?? 0
      return prefix <= halves ? [] : [{ network: `${address(destination)}/${prefix}`, interface: name }]
    })
}

/** `0002000A` → `10.0.2.0`. */
const address = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')

/** RTF_ANYCAST and RTF_LOCAL: addresses of the host itself; their networks have separate entries. */
const ownAddress = 0x8010_0000

/** Parses /proc/net/ipv6_route (net/ipv6/route.c): 32 hex digits, prefix length, etc. */
export function parseRouteTable6(text: string): HostRoute[] {
  return text.split('\n').flatMap((line) => {
    const [destination, length, , , , , , , flags, name] = line.trim().split(/\s+/)
    if (destination === undefined || length === undefined || flags === undefined || name === undefined)
      return []
    const prefix = Number.parseInt(length, 16)
    // Routes via lo are unreachable routes.
    if (prefix <= halves6 || name === 'lo' || (Number.parseInt(flags, 16) & ownAddress) !== 0) return []
    const address = ipaddr.fromByteArray([...Buffer.from(destination, 'hex')])
    return [{ network: `${address}/${prefix}`, interface: name }]
  })
}

/** `10.0.2.15/24` → `10.0.2.0/24`. */
function networkOf(cidr: string): string {
  const family = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4
  return `${family.networkAddressFromCIDR(cidr)}/${cidr.slice(cidr.indexOf('/') + 1)}`
}
