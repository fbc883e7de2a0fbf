/** hosts(5) of the host: its static names, with addresses that are reachable from the VM. */
import ipaddr from 'ipaddr.js'
import type { HostEntry, OwnAddresses } from './local-names.ts'

/** Limit per file; unreachable entries, as in block lists, do not count. */
export const maxHostNames = 16_384

/**
 * Names of the host's loopback address resolve to `network.host`, where the VM reaches it. Skips malformed lines,
 * and addresses that are unspecified (0.0.0.0, as in block lists), link-local, broadcast or multicast.
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
