/** An egress policy with these rules, and its decision for TCP over IPv4. */
import type { EgressSettings } from '../../../src/config/desired.ts'
import { Egress } from '../../../src/net/egress/egress.ts'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { protocol } from '../../../src/net/wire/ipv4.ts'

export function egress(rules: string[], fallback: EgressSettings['default'] = 'allow'): Egress {
  const made = new Egress()
  made.settings = { default: fallback, rules }
  return made
}

export const tcp = (policy: Egress, address: string, port: number, nowMs = 0): boolean =>
  policy.allows(protocol.tcp, parseIpv4(address), port, nowMs)
