/** What a forwarder is made with: its network, names, egress rules, and who hears of refusals. */
import type { DnsSettings, EgressSettings, NetworkSettings } from '../config/desired.ts'
import { openEgress } from '../config/egress-rule.ts'
import { type DenialView, denialView } from './egress/denials.ts'
import { Egress } from './egress/egress.ts'

export interface ForwarderSettings {
  network: NetworkSettings
  /** Without: the host's resolvers and no names but the built-in ones. */
  dns?: DnsSettings
  /** Without: everything may be reached. */
  egress?: EgressSettings
  /** Guests of several links do not reach each other. */
  isIsolated?: boolean
  /** Guests leave the checksums of TCP and UDP to their card, which fills none. */
  hasChecksumOffload?: boolean
  /** Told of each destination or name that egress refused, unless it is listed already. */
  onDenial?: (denial: DenialView) => void
  /**
   * The same, and told of repeated ones too; with the port that the guest sent from, where it is known. Refused connections
   * then stay in the guest's conntrack.
   */
  onRefusal?: (denial: DenialView, guestPort: number | undefined) => void
  /** Static leases of DHCP: MAC → IPv4 address. */
  leases?: ReadonlyMap<string, string>
}

export const defaultDns: DnsSettings = {
  upstreams: ['system'],
  hosts: {},
  split: [],
  search: [],
  cache: { max: 10_000, minTtlSeconds: 0, maxTtlSeconds: 3600 },
}

/** The rules of these settings, with their refusals reported. Throws on a text that is no rule. */
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
