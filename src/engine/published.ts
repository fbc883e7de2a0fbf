/** A port that the engine publishes → listeners of the host. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { PortMapping } from '../config/desired.ts'
import type { ContainerSummary, ServiceSummary } from './replies.ts'

export interface PublishRules {
  /** Host address that stands for "all addresses" of the VM. */
  bind: string
  /** The VM's eth0. */
  guestAddress: string
  /** Whether the host has `::1`. */
  hasIpv6: boolean
}

/** As the engine has it: `-p ADDRESS:PORT:INNER/PROTOCOL`. */
export interface PublishedPort {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  container: { address: string; port: number }
  /** The address is neither the VM's nor a loopback or "all": it is to be one of the host's. */
  isOfHost: boolean
}

/** Listeners for one VM: as many ports on both loopbacks. */
export const maxPublished: number = 2 * 1_024

const everyAddress = new Set(['0.0.0.0', '::', ''])
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/**
 * A port published on all addresses of the VM appears on `bind`, and on the other loopback where `bind` is one. One that is
 * published on a single address listens there when it is a loopback or the host's own, and on `bind` when it is the VM's. All
 * lead to the container itself, to which the VM is the router: rules of NAT are gone while dockerd starts.
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

/** Those of a listing, each once, and no more than the host is to have. */
export function listedMappings(ports: readonly PublishedPort[], rules: PublishRules): PortMapping[] {
  const mappings = new Map<string, PortMapping>()
  for (const port of ports) {
    if (mappings.size >= maxPublished) break
    for (const mapping of hostMappings(port, rules)) mappings.set(mapping.id, mapping)
  }
  return [...mappings.values()].slice(0, maxPublished)
}

/** `localhost` is whichever of the two a program tries first. */
function listenAddresses({ bind, hasIpv6 }: PublishRules): string[] {
  if (bind === '::1') return [bind, '127.0.0.1']
  return hasIpv6 && (bind === '127.0.0.1' || bind === '0.0.0.0') ? [bind, '::1'] : [bind]
}

/** Those of an engine that does not ask for its ports. The container is where its first network with a way out has it. */
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

/** Ports of swarm services that every node answers for; those in host mode are ports of containers. */
export function portsOfServices(services: readonly ServiceSummary[]): PublishedPort[] {
  return services.flatMap(({ Endpoint }) =>
    (Endpoint?.Ports ?? []).flatMap(({ Protocol: protocol, PublishedPort: port, PublishMode: mode }) => {
      if (mode !== 'ingress' || (protocol !== 'tcp' && protocol !== 'udp') || !port) return []
      return [{ protocol, address: '', port, container: { address: '', port }, isOfHost: false } as const]
    }),
  )
}

/** Its first address on a network with a way out. */
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

/** Docker gives `/web`; one without a name has its id. */
export const containerName = ({ Names, Id }: ContainerSummary): string =>
  Names[0]?.replace(/^\//, '') || Id.slice(0, 12)

/** IPv4, in all its networks. */
export const addressesOf = ({ NetworkSettings }: ContainerSummary): string[] =>
  Object.values(NetworkSettings?.Networks ?? {}).flatMap((one) => one?.IPAddress || [])
