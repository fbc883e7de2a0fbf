/**
 * Guest network state from DHCP or dockerd that declared resources depend on: addresses, default route, MTU, resolver,
 * the container bridge, NAT, and the clock.
 */
import type { Ipv6Settings } from '../../config/desired.ts'
import { absent, type Observation, observedValue } from '../../observation.ts'
import type { GuestIpv6 } from '../../observe/guest-network.ts'
import type { Observed, ObservedGuest } from '../../observe/observed.ts'
import type { Cause, Operation } from '../plan.ts'
import type { Target } from '../target.ts'
import { type Diff, notApplicable, operation, type Resource } from './resource.ts'
import { engineInterruption } from './vm.ts'

/** A larger clock offset breaks certificates and logs; a smaller one is round-trip time. */
const clockToleranceMs = 5_000

export const guestNetwork: Resource = (target, observed, vm): Diff => {
  const guest = observedValue(observed.guest)
  if (guest?.network === undefined || vm.action !== 'keep') return notApplicable
  const operations: Operation[] = []
  const causes = networkCauses(target, observed)
  if (causes.length > 0) {
    operations.push(
      operation({
        kind: 'guest/network',
        subject: "the guest's network",
        causes,
        after: ['engine/ready', 'network/set'],
      }),
    )
  }
  const clock = clockError(guest)
  if (clock !== undefined) {
    const from = `${Math.round(Math.abs(clock) / 1000)} s ${clock < 0 ? 'behind' : 'ahead'}`
    operations.push(
      operation({
        kind: 'guest/clock',
        subject: "the guest's clock",
        causes: [{ path: 'guest clock', from, to: "the host's time" }],
        after: ['engine/ready'],
      }),
    )
  }
  const lost = lostRules(target, observed)
  if (lost.length > 0) {
    operations.push(
      operation({
        kind: 'engine/restart',
        subject: 'docker engine',
        effect: 'restart-engine',
        causes: lost.map((rules) => ({
          path: `engine ${rules} rules`,
          from: undefined,
          to: 'as dockerd creates them',
        })),
        interruption: engineInterruption(observed),
        after: ['engine/ready', 'guest/network'],
      }),
    )
  }
  return { operations, unchanged: operations.length === 0 ? 1 : 0 }
}

/** Clock offset in milliseconds; undefined if the clock is right or cannot be read. */
export function clockError({ clockOffsetMs }: ObservedGuest): number | undefined {
  const offset = clockOffsetMs && observedValue(clockOffsetMs)
  return offset !== undefined && Math.abs(offset) > clockToleranceMs ? offset : undefined
}

function networkCauses({ desired: { network, engine } }: Target, observed: Observed): Cause[] {
  const seen = observedValue(observed.guest)?.network
  if (seen === undefined) return []
  const causes: Cause[] = []
  const compare = (path: string, from: string | undefined, to: string): void => {
    if (from !== to) causes.push({ path, from, to })
  }
  const addresses = observedValue(seen.addresses)
  if (addresses !== undefined && !addresses.includes(network.address))
    compare('guest address', undefined, network.address)
  if (seen.gateway.state !== 'unknown')
    compare('guest default route', observedValue(seen.gateway), network.gateway)
  const mtu = observedValue(seen.mtu)
  if (mtu !== undefined) compare('guest MTU', String(mtu), String(network.mtu))
  if (seen.nameservers.state !== 'unknown') {
    const servers = observedValue(seen.nameservers) ?? []
    compare('guest resolver', servers.length === 0 ? undefined : servers.join(', '), network.gateway)
  }
  const ownBridge = engine.daemon.bridge === undefined
  if (ownBridge && observedValue(seen.bridgeUp) === false) compare('guest interface docker0', 'down', 'up')
  return [...causes, ...ipv6Causes(network.ipv6, seen.ipv6)]
}

function ipv6Causes(desired: Ipv6Settings | undefined, seen: GuestIpv6 | undefined): Cause[] {
  if (desired === undefined || seen === undefined) return []
  const { address, gateway } = desired
  const lacksAddress = observedValue(seen.addresses)?.includes(address) === false
  // The router announces itself from a different, link-local address.
  const lacksRoute = observedValue(seen.routed) === false
  return [
    ...(lacksAddress ? [{ path: 'guest IPv6 address', from: undefined, to: address }] : []),
    ...(lacksRoute ? [{ path: 'guest IPv6 default route', from: undefined, to: gateway }] : []),
  ]
}

/** dockerd's tables that lost all rules after they were created. */
function lostRules({ desired }: Target, { guest, engine }: Observed): string[] {
  const network = observedValue(guest)?.network
  if (engine.state !== 'present' || network === undefined) return []
  // With another daemon.json in use, dockerd creates the rules when it restarts with this one.
  const made = [desired.engine.daemon, inForce(guest)]
  const isLost = (count: Observation<number>, makes: (daemon: Daemon) => boolean): boolean =>
    observedValue(count) === 0 && made.every(makes)
  return [
    ...(isLost(network.masquerades, masquerades) ? ['NAT'] : []),
    ...(isLost(network.forwards, filters) ? ['filter'] : []),
  ]
}

type Daemon = Readonly<Record<string, unknown>>

const filters = ({ iptables, bridge }: Daemon): boolean => iptables !== false && bridge !== 'none'
const masquerades = (daemon: Daemon): boolean => filters(daemon) && daemon['ip-masq'] !== false

/** The daemon.json of the running engine; empty if it cannot be read. */
function inForce(guest: Observed['guest']): Daemon {
  const text = observedValue(observedValue(guest)?.daemonJson ?? absent)
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
