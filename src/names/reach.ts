/** Resolves a tunnel destination to an address in the VM or its Docker networks; rejects all others. */
import { BlockList, isIP } from 'node:net'
import type { Listing } from '../engine/watch.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { dnsName, type Route } from './routes.ts'

export interface Reachable {
  routes: ReadonlyMap<string, Route>
  networks: Listing['networks']
  vmAddress: string
}

/** Throws `tunnel/unknown-host` and `tunnel/outside`. */
export function addressFor(host: string, { routes, networks, vmAddress }: Reachable): string {
  const family = isIP(host)
  if (family === 0) {
    const route = routes.get(dnsName(host) ?? '')
    if (route !== undefined) return route.address
    throw new DesktopError('tunnel/unknown-host', `no running container has the name ${host}`)
  }
  if (host === vmAddress) return host
  const inside = new BlockList()
  for (const { IPAM } of networks)
    for (const { Subnet } of IPAM?.Config ?? []) {
      const [address = '', prefix] = Subnet?.split('/') ?? []
      if (isIP(address) !== 0)
        inside.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4')
    }
  if (inside.check(host, family === 6 ? 'ipv6' : 'ipv4')) return host
  throw new DesktopError('tunnel/outside', `${host} is not in a Docker network of the VM`)
}
