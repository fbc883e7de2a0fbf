/** Adapter: the host's resolver list, followed as it changes (DHCP, VPN, another network). */
import { readFileSync, statSync } from 'node:fs'
import { uptime } from 'node:os'
import { parseResolvConf } from '../dns/resolv-conf.ts'
import type { UpstreamServer } from '../dns/upstreams.ts'

/** Below that it is the clocks' own difference. */
const leastSleepSeconds = 5

/**
 * Gives a function that returns the same array until the file is another one, or the host has slept: what was
 * learned before may be old then, however few seconds the clock of timers has counted. A stat per call and no watcher:
 * the file is often a link whose target is replaced, which watchers miss, and idle costs nothing this way.
 */
export function hostResolvers(
  path = '/etc/resolv.conf',
  sleptSeconds: () => number = asleep,
): () => readonly UpstreamServer[] {
  let stamp: string | undefined
  let slept = sleptSeconds()
  let servers: readonly UpstreamServer[] = []
  return () => {
    const sleptNow = sleptSeconds()
    if (Math.abs(sleptNow - slept) >= leastSleepSeconds) servers = [...servers]
    slept = sleptNow
    const now = stampOf(path)
    if (now === stamp) return servers
    stamp = now
    const read = now === undefined ? [] : readServers(path)
    if (JSON.stringify(read) !== JSON.stringify(servers)) servers = read
    return servers
  }
}

/** The host's uptime counts while it sleeps, the clock of timers does not. */
function asleep(): number {
  return uptime() - performance.now() / 1000
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
