/** Port mappings of one guest: those that lead to itself. */
import ipaddr from 'ipaddr.js'
import type { PortMapping } from '../../config/desired.ts'
import type { PortKeeper } from './port-routes.ts'
import { ApiError } from './ports.ts'

/** Limit per guest, so that it does not exhaust the host's file descriptors. */
export const mostGuestPorts = 256

export function portsOfGuest(forwarder: PortKeeper, caller: string): PortKeeper {
  const isOwn = ({ guest }: PortMapping) => isSameAddress(guest.address, caller)
  const ports = () => forwarder.ports().filter(isOwn)
  return {
    caller,
    ports,
    addPort(mapping) {
      const problem = problemOf(mapping, isOwn(mapping), ports().length)
      return problem === undefined ? forwarder.addPort(mapping) : Promise.reject(problem)
    },
    removePort: (id) => forwarder.removePort(id),
  }
}

function problemOf({ listen, guest }: PortMapping, isOwn: boolean, count: number): ApiError | undefined {
  if (listen.kind === 'unix') return new ApiError(403, 'local: guests can only map ports of this host')
  if (!isOwn) return new ApiError(403, `remote: ${guest.address} is not your address`)
  if (count < mostGuestPorts) return undefined
  return new ApiError(403, `local: a guest can map at most ${mostGuestPorts} ports`)
}

/** IPv6 addresses have several notations. */
function isSameAddress(a: string, b: string): boolean {
  return ipaddr.isValid(a) && ipaddr.isValid(b) && ipaddr.parse(a).toString() === ipaddr.parse(b).toString()
}
