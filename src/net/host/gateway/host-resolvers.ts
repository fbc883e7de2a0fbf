/** Adapter: the host's resolver list, followed as it changes (DHCP, VPN, another network). */
import { readFileSync, statSync } from 'node:fs'
import { uptime } from 'node:os'
import { parseResolvConf } from '../../services/dns/resolv-conf.ts'
import type { UpstreamServer } from '../../services/dns/upstreams.ts'

/** Below that it is the clocks' own difference. */
const leastSleepSeconds = 5

/**
 * Gives a function that returns the same array until the file was written anew, or the host has slept: what was
 * learned before may be old then, however few seconds the clock of timers has counted. A stat per call and no watcher:
 * the file is often a link whose target is replaced, which watchers miss, and idle costs nothing this way.
 */
export function hostResolvers(
  path = '/etc/resolv.conf',
  sleptSeconds: () => number = asleep,
): () => readonly UpstreamServer[] {
  let stamp: string | undefined
  let slept = sleptSeconds()
  let servers: readonly UpstreamServer[] = [...local]
  return () => {
    const sleptNow = sleptSeconds()
    if (Math.abs(sleptNow - slept) >= leastSleepSeconds) servers = [...servers]
    slept = sleptNow
    const now = stampOf(path)
    if (now === stamp) return servers
    stamp = now
    // Equal ones too: systemd-resolved and VPNs rewrite the file for another network behind the same address.
    servers = now === undefined ? [...local] : readServers(path)
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

/** Of a host without a file, or with a file that names none (resolv.conf(5)). */
const local: readonly UpstreamServer[] = [{ address: '127.0.0.1', port: 53 }]

function readServers(path: string): UpstreamServer[] {
  try {
    const { servers } = parseResolvConf(readFileSync(path, 'utf8'))
    return servers.length === 0 ? [...local] : servers
  } catch {
    return [...local]
  }
}
