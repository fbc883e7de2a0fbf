/** IPv4 networks that this host reaches by an interface of its own. */
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

export interface HostRoute {
  /** CIDR. */
  network: string
  interface: string
}

/** Interface networks, and on Linux the routing table; without the default route and loopback. */
export async function hostRoutes(): Promise<HostRoute[]> {
  const routes = new Map<string, HostRoute>()
  const add = (route: HostRoute): void => {
    if (!route.network.startsWith('127.')) routes.set(route.network, route)
  }
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { family, cidr, internal } of addresses ?? []) {
      if (family === 'IPv4' && cidr !== null && !internal) add({ network: networkOf(cidr), interface: name })
    }
  }
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '')
  for (const route of parseRouteTable(table)) add(route)
  return [...routes.values()]
}

/** proc_net_route(5): addresses are hexadecimal words in the order of an x86 machine. */
export function parseRouteTable(text: string): HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .flatMap(([name, destination, , , , , , mask]) => {
      if (name === undefined || destination === undefined || mask === undefined) return []
      const prefix = ipaddr.IPv4.parse(address(mask)).prefixLengthFromSubnetMask() ?? 0
      return prefix === 0 ? [] : [{ network: `${address(destination)}/${prefix}`, interface: name }]
    })
}

/** `0002000A` → `10.0.2.0`. */
const address = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')

/** `10.0.2.15/24` → `10.0.2.0/24`. */
const networkOf = (cidr: string): string =>
  `${ipaddr.IPv4.networkAddressFromCIDR(cidr)}/${cidr.slice(cidr.indexOf('/') + 1)}`
