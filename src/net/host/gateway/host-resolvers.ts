/** Adapter: the host's resolver list, followed as it changes (DHCP, VPN, another network). */
import { uptime } from 'node:os'
import { parseResolvConf } from '../../services/dns/resolv-conf.ts'
import type { UpstreamServer } from '../../services/dns/upstreams.ts'
import { followedFile } from './followed-file.ts'

/** Below that it is the clocks' own difference. */
const leastSleepSeconds = 5

/**
 * Gives a function that returns the same array until the file was written again, or the host has slept: what was
 * learned before may be old then, however few seconds the clock of timers has counted. A new array also for equal servers:
 * systemd-resolved and VPNs rewrite the file for another network behind the same address.
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

/** The host's search list, as it is now. */
export const hostSearch = (path = '/etc/resolv.conf'): (() => readonly string[]) =>
  followedFile(path, (text) => parseResolvConf(text ?? '').search)

/** The host's uptime counts while it sleeps, the clock of timers does not. */
function asleep(): number {
  return uptime() - performance.now() / 1000
}

/** Of a host without a file, or with a file that names none (resolv.conf(5)): its own address. */
function serversOf(text: string | undefined): readonly UpstreamServer[] {
  const { servers } = parseResolvConf(text ?? '')
  return servers.length === 0 ? [{ address: '127.0.0.1', port: 53 }] : servers
}
