/** Adapter: the host's resolver list, followed as it changes (DHCP, VPN, another network). */
import { readFileSync, statSync } from 'node:fs'
import { parseResolvConf } from '../dns/resolv-conf.ts'
import type { UpstreamServer } from '../dns/upstreams.ts'

/**
 * Gives a function that returns the same array until the file is another one. A stat per call and no watcher:
 * the file is often a link whose target is replaced, which watchers miss, and idle costs nothing this way.
 */
export function hostResolvers(path = '/etc/resolv.conf'): () => readonly UpstreamServer[] {
  let stamp: string | undefined
  let servers: readonly UpstreamServer[] = []
  return () => {
    const now = stampOf(path)
    if (now === stamp) return servers
    stamp = now
    const read = now === undefined ? [] : readServers(path)
    if (JSON.stringify(read) !== JSON.stringify(servers)) servers = read
    return servers
  }
}

/** Undefined: it cannot be read. Anything but a file is not looked into: it may never end. */
function stampOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true })
    return stat.isFile() ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}` : undefined
  } catch {
    return undefined
  }
}

/** A file that cannot be read means no resolver, which is legal: queries then end in SERVFAIL. */
function readServers(path: string): UpstreamServer[] {
  try {
    return parseResolvConf(readFileSync(path, 'utf8')).servers
  } catch {
    return []
  }
}
