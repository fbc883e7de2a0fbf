/** Settings of a forwarder: network, DNS, egress rules, and callbacks for denials. */
import type { DnsSettings, EgressSettings, NetworkSettings } from '../config/desired.ts'
import { openEgress } from '../config/egress-rule.ts'
import { type DenialView, denialView } from './egress/denials.ts'
import { Egress } from './egress/egress.ts'

export interface ForwarderSettings {
  network: NetworkSettings
  /** Default: the host's resolvers, and only the built-in names. */
  dns?: DnsSettings
  /** Default: everything is allowed. */
  egress?: EgressSettings
  /** Guests on different links cannot reach each other. */
  isIsolated?: boolean
  /** Guests use TCP and UDP checksum offload, and the virtual card does not fill the checksums. */
  hasChecksumOffload?: boolean
  /** Called for each denied destination or name that is not listed yet. */
  onDenial?: (denial: DenialView) => void
  /**
   * Called for each denial, including repeated ones, with the guest's source port if known. Refused connections
   * then remain in the guest's conntrack.
   */
  onRefusal?: (denial: DenialView, guestPort: number | undefined) => void
  /** Static DHCP leases: MAC → IPv4 address. */
  leases?: ReadonlyMap<string, string>
}

export const defaultDns: DnsSettings = {
  upstreams: ['system'],
  hosts: {},
  split: [],
  search: [],
  cache: { max: 10_000, minTtlSeconds: 0, maxTtlSeconds: 3600 },
}

/** The egress policy of these settings, with callbacks for denials. Throws on an invalid rule. */
export function egressOf({ network, egress = openEgress, onDenial, onRefusal }: ForwarderSettings): Egress {
  const policy = new Egress([network.subnet, ...(network.ipv6 === undefined ? [] : [network.ipv6.subnet])])
  policy.settings = egress
  if (onDenial === undefined && onRefusal === undefined) return policy
  policy.denials.onRefusal = (denial, guestPort) => {
    const view = denialView(denial, 0)
    if (denial.count === 1) onDenial?.(view)
    onRefusal?.(view, guestPort)
  }
  return policy
}
