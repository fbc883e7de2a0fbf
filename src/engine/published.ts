/** Maps a port that the engine publishes to listeners on the host. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { PortMapping } from '../config/desired.ts'
import type { ContainerSummary, ServiceSummary } from './replies.ts'

export interface PublishRules {
  /** Host address that replaces "all addresses" of the VM. */
  bind: string
  /** Address of the VM's eth0. */
  guestAddress: string
  /** Whether the host has `::1`. */
  hasIpv6: boolean
}

/** A published port as the engine reports it: `-p ADDRESS:PORT:INNER/PROTOCOL`. */
export interface PublishedPort {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  container: { address: string; port: number }
  /** The address is not the VM's, a loopback or a wildcard, so it must be one of the host's. */
  isOfHost: boolean
}

/** Listener limit per VM; as many ports with both loopbacks. */
export const maxPublished: number = 2 * 1_024

const everyAddress = new Set(['0.0.0.0', '::', ''])
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/**
 * A port published on all addresses of the VM listens on `bind`, and on the other loopback if `bind` is one.
 * A port published on a single address listens there if it is a loopback or the host's own, and on `bind` if
 * it is the VM's. All lead to the container itself, through the VM as router: NAT rules are missing while
 * dockerd starts.
 */
export function hostMappings(published: PublishedPort, rules: PublishRules): PortMapping[] {
  const { protocol, address, port, container, isOfHost } = published
  const isAll = everyAddress.has(address)
  const ofVm = { address: rules.guestAddress, port }
  const isKnown = container.address !== ''
  const listens = isAll ? listenAddresses(rules) : [isOfHost || isLoopback(address) ? address : rules.bind]
  return listens.map((listen) => ({
    id: `${protocol}/${listen}:${port}`,
    protocol,
    listen: { kind: 'inet', address: listen, port },
    guest: isKnown ? container : ofVm,
    ...(isKnown && isAll ? { also: ofVm } : {}),
  }))
}

/** Mappings of a listing, without duplicates and up to the limit. */
export function listedMappings(ports: readonly PublishedPort[], rules: PublishRules): PortMapping[] {
  const mappings = new Map<string, PortMapping>()
  for (const port of ports) {
    if (mappings.size >= maxPublished) break
    for (const mapping of hostMappings(port, rules)) mappings.set(mapping.id, mapping)
  }
  return [...mappings.values()].slice(0, maxPublished)
}

/** Both loopbacks, because a program resolves `localhost` to either. */
function listenAddresses({ bind, hasIpv6 }: PublishRules): string[] {
  if (bind === '::1') return [bind, '127.0.0.1']
  return hasIpv6 && (bind === '127.0.0.1' || bind === '0.0.0.0') ? [bind, '::1'] : [bind]
}

/**
 * Published ports if dockerd does not request them. The container's address is on its first non-internal
 * network.
 */
export function portsOfContainers(
  containers: readonly ContainerSummary[],
  internalNetworks: ReadonlySet<string> = new Set(),
): PublishedPort[] {
  return containers.flatMap((container) =>
    container.Ports.flatMap(({ IP: address = '', PublicPort: port, PrivatePort: inner, Type: protocol }) => {
      if (!port || (protocol !== 'tcp' && protocol !== 'udp')) return []
      const at = addressOf(container, internalNetworks)
      if (at === undefined && !everyAddress.has(address)) return []
      return [
        { protocol, address, port, container: { address: at ?? '', port: inner }, isOfHost: false } as const,
      ]
    }),
  )
}

/** Swarm service ports that every node accepts; host-mode ports belong to containers. */
export function portsOfServices(services: readonly ServiceSummary[]): PublishedPort[] {
  return services.flatMap(({ Endpoint }) =>
    (Endpoint?.Ports ?? []).flatMap(({ Protocol: protocol, PublishedPort: port, PublishMode: mode }) => {
      if (mode !== 'ingress' || (protocol !== 'tcp' && protocol !== 'udp') || !port) return []
      return [{ protocol, address: '', port, container: { address: '', port }, isOfHost: false } as const]
    }),
  )
}

/** The container's first address on a non-internal network. */
export function addressOf(
  { NetworkSettings }: Pick<ContainerSummary, 'NetworkSettings'>,
  internal: ReadonlySet<string>,
): string | undefined {
  return Object.entries(NetworkSettings?.Networks ?? {})
    .filter(([name]) => !internal.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one?.IPAddress)
    .find((address) => address !== undefined && isIP(address) !== 0)
}

export const hasIpv6Loopback = (): boolean =>
  Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

/** Docker reports `/web`; a container without a name is called by its id. */
export const containerName = ({ Names, Id }: ContainerSummary): string =>
  Names[0]?.replace(/^\//, '') || Id.slice(0, 12)

/** Addresses in all of its networks. */
export const addressesOf = ({ NetworkSettings }: ContainerSummary): string[] =>
  Object.values(NetworkSettings?.Networks ?? {}).flatMap((one) =>
    [one?.IPAddress, one?.GlobalIPv6Address].flatMap((address) => address || []),
  )
