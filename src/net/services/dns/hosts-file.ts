/** hosts(5): the names that the host itself knows without asking a server, as the VM reaches them. */
import ipaddr from 'ipaddr.js'
import type { HostEntry, OwnAddresses } from './local-names.ts'

/** Of a file; block lists, whose entries lead nowhere, do not count. */
export const maxHostNames = 16_384

/**
 * A name of the host's loopback leads to `network.host`, where the VM reaches that. Entries that lead nowhere (0.0.0.0, as block
 * lists have), to one link only, or to many machines are passed over, as are lines that make no sense.
 */
export function parseHosts(text: string, own: OwnAddresses): HostEntry[] {
  const entries: HostEntry[] = []
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const value = reachable(address, own)
    if (value === undefined) continue
    for (const name of names) {
      if (entries.length >= maxHostNames) return entries
      if (/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/.test(name)) entries.push({ name, value })
    }
  }
  return entries
}

function reachable(address: string, own: OwnAddresses): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined
  const parsed = ipaddr.process(address)
  switch (parsed.range()) {
    case 'loopback':
      return parsed.kind() === 'ipv4' ? own.host : own.ipv6?.host
    case 'unspecified':
    case 'broadcast':
    case 'multicast':
    case 'linkLocal':
      return undefined
    default:
      return parsed.toString()
  }
}
