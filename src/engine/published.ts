/** Maps a port that the engine publishes to listeners on the host. */
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { PortMapping } from '../config/desired.ts'
import type { ContainerSummary, NetworkSummary, ServiceSummary } from './replies.ts'

export interface PublishRules {
  /** Host address that replaces "all addresses" of the VM. */
  bind: string
  /** Address of the VM's eth0. */
  guestAddress: string
  /** Whether the host has `::1`. */
  hasIpv6: boolean
  /** Whether the host reaches IPv6 addresses in the VM and behind it. */
  routesIpv6: boolean
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

/** As dockerd publishes it: the host has no SCTP. */
export interface AskedPort extends Omit<PublishedPort, 'protocol'> {
  protocol: PublishedPort['protocol'] | 'sctp'
}

export const isForwarded = (port: AskedPort): port is PublishedPort => port.protocol !== 'sctp'

const protocolOf = (text: string): AskedPort['protocol'] | undefined =>
  text === 'tcp' || text === 'udp' || text === 'sctp' ? text : undefined

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
  const isHere = isLoopback(address) || (isOfHost && address !== rules.guestAddress)
  const listens = isAll ? listenAddresses(rules) : [isHere ? address : rules.bind]
  return listens.map((listen) => ({
    id: `${protocol}/${listen}:${port}`,
    protocol,
    listen: { kind: 'inet', address: listen, port },
    guest: isKnown ? container : ofVm,
    ...(isKnown && isAll ? { also: ofVm } : {}),
  }))
}

/** Mappings of a listing that the host forwards, without duplicates and up to the limit. */
export function listedMappings(ports: readonly AskedPort[], rules: PublishRules): PortMapping[] {
  const mappings = new Map<string, PortMapping>()
  for (const port of ports.filter(isForwarded)) {
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
 * network. The VM's addresses are on the networks; any other is the host's, or the VM's own (`hostMappings`).
 */
export function portsOfContainers(
  containers: readonly ContainerSummary[],
  networks: readonly NetworkSummary[] = [],
): AskedPort[] {
  const internal = new Set(networks.filter(({ Internal }) => Internal === true).map(({ Name }) => Name))
  const isOfNetwork = onNetworks(networks)
  return containers.flatMap((container) =>
    container.Ports.flatMap(({ IP: address = '', PublicPort: port, PrivatePort: inner, Type: type }) => {
      const protocol = protocolOf(type)
      if (!port || protocol === undefined) return []
      const at = addressOf(container, internal)
      const isAll = everyAddress.has(address)
      if (at === undefined && !isAll) return []
      const isOfHost = !isAll && !isLoopback(address) && !isOfNetwork(address)
      return [{ protocol, address, port, container: { address: at ?? '', port: inner }, isOfHost }]
    }),
  )
}

function onNetworks(networks: readonly NetworkSummary[]): (address: string) => boolean {
  const subnets = new BlockList()
  for (const { IPAM } of networks)
    for (const { Subnet = '' } of IPAM?.Config ?? []) {
      const [base = '', prefix] = Subnet.split('/')
      const family = familyOf(base)
      if (isIP(base) === 0 || !(Number(prefix) <= (family === 'ipv6' ? 128 : 32))) continue
      subnets.addSubnet(base, Number(prefix), family)
    }
  return (address) => subnets.check(address, familyOf(address))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Swarm service ports that every node accepts; host-mode ports belong to containers. */
export function portsOfServices(services: readonly ServiceSummary[]): AskedPort[] {
  return services.flatMap(({ Endpoint }) =>
    (Endpoint?.Ports ?? []).flatMap(({ Protocol: type, PublishedPort: port, PublishMode: mode }) => {
      const protocol = protocolOf(type)
      if (mode !== 'ingress' || protocol === undefined || !port) return []
      return [{ protocol, address: '', port, container: { address: '', port }, isOfHost: false }]
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
