/** Adapter: the host's resolver list, reloaded on changes (DHCP, VPN, another network). */
import { uptime } from 'node:os'
import { parseResolvConf } from '../../services/dns/resolv-conf.ts'
import type { UpstreamServer } from '../../services/dns/upstreams.ts'
import { followedFile } from './followed-file.ts'

/** Smaller differences are clock drift. */
const leastSleepSeconds = 5

/**
 * Returns a function that returns the same array until the file was rewritten or the host was suspended: cached
 * knowledge about the servers may be outdated then, although timers did not advance during suspend. The array is
 * new even if the servers are equal, because systemd-resolved and VPNs rewrite the file for another network
 * behind the same address.
 */
export function hostResolvers(
  path = '/etc/resolv.conf',
  sleptSeconds: () => number = asleep,
): () => readonly UpstreamServer[] {
  const read = followedFile(path, serversOf)
  let slept = sleptSeconds()
  let last: readonly UpstreamServer[] | undefined
  let servers: readonly UpstreamServer[] = []
  return () => {
    const sleptNow = sleptSeconds()
    const hasSlept = Math.abs(sleptNow - slept) >= leastSleepSeconds
    slept = sleptNow
    const now = read()
    if (now !== last || hasSlept) servers = [...now]
    last = now
    return servers
  }
}

/** The host's current search list. */
export const hostSearch = (path = '/etc/resolv.conf'): (() => readonly string[]) =>
  followedFile(path, (text) => parseResolvConf(text ?? '').search)

/** The host's uptime includes suspend time; the timer clock does not. */
function asleep(): number {
  return uptime() - performance.now() / 1000
}

/** Without a file or nameserver entry, the default is the host itself (resolv.conf(5)). */
function serversOf(text: string | undefined): readonly UpstreamServer[] {
  const { servers } = parseResolvConf(text ?? '')
  return servers.length === 0 ? [{ address: '127.0.0.1', port: 53 }] : servers
}
