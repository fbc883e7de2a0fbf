/**
 * Errors for container ports that cannot be opened on the host, in Docker Desktop's wording, which tools
 * match.
 */
import { type AskedPort, maxPublished } from '../../engine/published.ts'
import type { PortStatus } from '../../net/core/port-status.ts'

export const tooMany: string = `ports are not available: the host opens ${maxPublished} listeners for one VM`

export const noIpv6 = (container: string): string =>
  `the host does not reach the container at ${container}; set \`network: { ipv6: true }\``

export const unavailable = ({ protocol, address, port }: AskedPort, why: string): string =>
  `ports are not available: exposing port ${protocol.toUpperCase()} ${endpoint(address, port)} -> 127.0.0.1:0: ${why}`

export function reasonOf(
  { code, error = 'not listening' }: PortStatus & { code?: string | undefined },
  asked: AskedPort,
): string {
  const { protocol, address, port } = asked
  const said = saidAs[code ?? '']
  return said === undefined
    ? error
    : `listen ${protocol} ${endpoint(address, port)}: bind: ${said} (${error})`
}

const saidAs: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
}

const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
