/** Values of DHCP options (RFC 2132, 3397, 3442), each encoded as the bytes after code and length. */
import { option } from './message.ts'

/** Settings for all clients of this link. Addresses are 32-bit numbers. */
export interface DhcpSettings {
  /** Network address and prefix length of the link. */
  subnet: { network: number; prefix: number }
  /** Our address, sent as server identifier. */
  server: number
  router: number
  dnsServers: readonly number[]
  /** Option 42. */
  ntpServers: readonly number[]
  /** Option 12; undefined: not sent. */
  hostName: string | undefined
  /** Option 15; undefined: not sent. */
  domain: string | undefined
  search: readonly string[]
  mtu: number
  /** Routes in addition to the default route; option 121 is sent only if there are any. */
  routes: readonly { network: number; prefix: number; router: number }[]
  leaseSeconds: number
  /** Hardware address such as `02:50:00:00:00:01` → its reserved address. */
  reserved: ReadonlyMap<string, number>
  /** Never leased dynamically: gateway, host … */
  excluded: ReadonlySet<number>
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

export function readUint32(value: Uint8Array | undefined): number | undefined {
  if (value?.length !== 4) return undefined
  return ((value[0]! << 24) | (value[1]! << 16) | (value[2]! << 8) | value[3]!) >>> 0
}

export function netmask(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
}

/** Options of the link, in order of importance, for OFFER, ACK and the reply to INFORM. */
export function linkOptions(settings: DhcpSettings): Map<number, Uint8Array> {
  const { subnet, hostName, domain, search, mtu, routes } = settings
  const mask = netmask(subnet.prefix)
  const options = new Map<number, Uint8Array>([
    [option.subnetMask, uint32(mask)],
    [option.router, uint32(settings.router)],
    [option.dnsServers, concat(settings.dnsServers.map(uint32))],
    [option.interfaceMtu, Uint8Array.of(mtu >>> 8, mtu)],
    [option.broadcastAddress, uint32((subnet.network | ~mask) >>> 0)],
    [option.ntpServers, concat(settings.ntpServers.map(uint32))],
  ])
  // RFC 2132 sections 3.8 and 8.3: at least one address, or no option.
  for (const code of [option.dnsServers, option.ntpServers]) {
    if (options.get(code)?.length === 0) options.delete(code)
  }
  // RFC 3442: clients that use option 121 ignore option 3, so repeat the default route there.
  if (routes.length > 0) {
    const withDefault = [...routes, { network: 0, prefix: 0, router: settings.router }]
    options.set(option.classlessRoutes, encodeRoutes(withDefault))
  }
  if (hostName !== undefined) options.set(option.hostName, ascii(hostName))
  if (domain !== undefined) options.set(option.domainName, ascii(domain))
  if (search.length > 0) options.set(option.domainSearch, encodeSearch(search))
  return options
}

/** RFC 3442: prefix length, the significant octets of the network, then the router. */
export function encodeRoutes(routes: DhcpSettings['routes']): Uint8Array {
  return concat(
    routes.map(({ network, prefix, router }) =>
      concat([Uint8Array.of(prefix), uint32(network).subarray(0, Math.ceil(prefix / 8)), uint32(router)]),
    ),
  )
}

/** RFC 3397: DNS names, with compression pointers relative to the start of the option's value. */
export function encodeSearch(domains: readonly string[]): Uint8Array {
  const bytes: number[] = []
  const seen = new Map<string, number>()
  for (const domain of domains) {
    const labels = domain.toLowerCase().split('.').filter(Boolean)
    let pointer: number | undefined
    while (labels.length > 0) {
      const suffix = labels.join('.')
      pointer = seen.get(suffix)
      if (pointer !== undefined) break
      if (bytes.length < 0x4000) seen.set(suffix, bytes.length)
      const label = ascii(labels.shift()!).subarray(0, 63)
      bytes.push(label.length, ...label)
    }
    if (pointer === undefined) bytes.push(0)
    else bytes.push(0xc0 | (pointer >> 8), pointer & 0xff)
  }
  return Uint8Array.from(bytes)
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0x7f)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
