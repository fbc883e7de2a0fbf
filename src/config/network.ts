/** network.*: addresses inside the subnet, and DNS settings. */
import { contains, formatIPv4, formatSubnet, isIP, parseIPv4, parseSubnet, type Subnet } from './addresses.ts'
import type { DnsSettings, NetworkSettings } from './desired.ts'
import type { Path } from './read/position.ts'
import type { Report } from './report.ts'
import type { DesktopFile } from './types.ts'
import { parseDuration } from './units.ts'

type RawNetwork = NonNullable<DesktopFile['network']>

/** The largest that a TCP segment in one IPv4 packet allows; packets of this size are what makes the link fast. */
export const autoMtu = 65_520
const defaultSubnet = '192.168.65.0/24'

export function networkSettings(raw: RawNetwork, report: Report): NetworkSettings {
  const text = raw.subnet ?? defaultSubnet
  const subnet = parseSubnet(text)
  if (subnet === undefined) {
    report(
      ['network', 'subnet'],
      `"${text}" is not an IPv4 network`,
      'write it in CIDR form, e.g. 192.168.65.0/24',
    )
    return networkSettings({ ...raw, subnet: defaultSubnet }, () => {})
  }
  if (formatSubnet(subnet) !== text) {
    report(['network', 'subnet'], `${text} has host bits set`, `did you mean ${formatSubnet(subnet)}?`)
  }
  if (subnet.prefix < 8 || subnet.prefix > 28) {
    report(
      ['network', 'subnet'],
      `a /${subnet.prefix} network does not fit`,
      'use a prefix between /8 and /28',
    )
  }
  const address = (key: 'gateway' | 'address' | 'host', offset: number): string => {
    const given = raw[key]
    return given ?? formatIPv4(subnet.base + offset)
  }
  const settings: NetworkSettings = {
    subnet: text,
    gateway: address('gateway', 1),
    address: address('address', 3),
    host: address('host', subnet.size - 2),
    mtu: raw.mtu === undefined || raw.mtu === 'auto' ? autoMtu : raw.mtu,
  }
  checkAddresses(settings, subnet, report)
  return settings
}

function checkAddresses(settings: NetworkSettings, subnet: Subnet, report: Report): void {
  const seen = new Map<string, string>()
  for (const key of ['gateway', 'address', 'host'] as const) {
    const path: Path = ['network', key]
    const value = parseIPv4(settings[key])
    const twin = seen.get(settings[key])
    if (value === undefined) report(path, `"${settings[key]}" is not an IPv4 address`)
    else if (!contains(subnet, value)) report(path, `${settings[key]} is not in ${settings.subnet}`)
    else if (value === subnet.base) report(path, `${settings[key]} is the network's own address`)
    else if (value === subnet.base + subnet.size - 1)
      report(path, `${settings[key]} is the broadcast address`)
    else if (twin !== undefined) report(path, `${settings[key]} is the ${twin} already`)
    seen.set(settings[key], key)
  }
}

const nameSyntax = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i

export function dnsSettings(raw: NonNullable<RawNetwork['dns']>, report: Report): DnsSettings {
  const at = (...path: Path): Path => ['network', 'dns', ...path]
  const server = (text: string, path: Path, system: boolean): void => {
    if (system && text === 'system') return
    if (isServer(text)) return
    report(
      path,
      `"${text}" is not a name server`,
      `write an IP address, IP:port${system ? ', or system' : ''}`,
    )
  }
  const duration = (key: 'minTTL' | 'maxTTL', fallback: number): number => {
    const text = raw.cache?.[key]
    if (text === undefined) return fallback
    const seconds = parseDuration(text)
    if (seconds === undefined) report(at('cache', key), `"${text}" is not a duration`, 'write 30s, 5m or 1h')
    return seconds ?? fallback
  }
  const upstreams = raw.upstreams ?? ['system']
  upstreams.forEach((text, i) => {
    server(text, at('upstreams', i), true)
  })
  for (const [name, address] of Object.entries(raw.hosts ?? {})) {
    if (!nameSyntax.test(name)) report(at('hosts', name), `"${name}" is not a host name`)
    if (!isIP(address)) report(at('hosts', name), `"${address}" is not an IP address`)
  }
  raw.split?.forEach(({ domain, servers }, i) => {
    if (!nameSyntax.test(domain) || domain.startsWith('*'))
      report(at('split', i, 'domain'), `"${domain}" is not a domain`)
    servers.forEach((text, j) => {
      server(text, at('split', i, 'servers', j), false)
    })
  })
  raw.search?.forEach((domain, i) => {
    if (!nameSyntax.test(domain)) report(at('search', i), `"${domain}" is not a domain`)
  })
  const cache = {
    max: raw.cache?.max ?? 10_000,
    minTtlSeconds: duration('minTTL', 0),
    maxTtlSeconds: duration('maxTTL', 3600),
  }
  if (cache.minTtlSeconds > cache.maxTtlSeconds) report(at('cache', 'minTTL'), 'minTTL is longer than maxTTL')
  return { upstreams, hosts: raw.hosts ?? {}, split: raw.split ?? [], search: raw.search ?? [], cache }
}

function isServer(text: string): boolean {
  if (isIP(text)) return true
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match !== null && isIP(match[1] ?? match[2] ?? '') && port >= 1 && port <= 65_535
}
