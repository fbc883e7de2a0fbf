/** Egress rules as numbers, ready to be compared with a packet. */
import { type EgressRule, parseEgressRule } from '../../config/egress-rule.ts'
import { parsePrefix6, parseSubnet } from '../wire/addresses.ts'
import { protocol } from '../wire/ipv4.ts'

export interface CompiledRule {
  /** Source text. */
  text: string
  isAllow: boolean
  /** IP protocol number; 0: any. */
  protocol: number
  /** First and last port; -1: any, including protocols without ports. */
  first: number
  last: number
  /** Zero for a name. */
  network: number
  mask: number
  /** IPv6 network and mask, four words each; then `network` and `mask` match no IPv4 address. */
  ipv6: { network: Int32Array; mask: Int32Array } | undefined
  /** Undefined for a network. */
  matchesName: ((name: string) => boolean) | undefined
}

/** 0.0.0.0 is never a destination. */
const noIpv4 = { network: 0, mask: -1 }

/** Throws on an invalid rule. */
export function compileRule(text: string): CompiledRule {
  const rule = parseEgressRule(text)
  if (rule === undefined) throw new Error(`"${text}" is not an egress rule`)
  const cidr = rule.to.kind === 'network' ? rule.to.cidr : undefined
  const ipv6 = cidr?.includes(':') ? parsePrefix6(cidr) : undefined
  const { network, mask } = cidr === undefined ? { network: 0, mask: 0 } : ipv6 ? noIpv4 : parseSubnet(cidr)
  return {
    text,
    isAllow: rule.action === 'allow',
    protocol: rule.protocol === undefined ? 0 : protocol[rule.protocol],
    first: rule.ports?.first ?? -1,
    last: rule.ports?.last ?? -1,
    network,
    mask,
    ipv6,
    matchesName: nameTest(rule.to),
  }
}

/** `*.name` matches all names below, as in network.dns.hosts. */
function nameTest(to: EgressRule['to']): CompiledRule['matchesName'] {
  if (to.kind === 'network') return undefined
  const { name } = to
  if (!name.startsWith('*.')) return (other) => other === name
  const suffix = name.slice(1)
  return (other) => other.endsWith(suffix) && other.length > suffix.length
}

/** Whether protocol and port match; the address is not checked. */
export function coversPort(rule: CompiledRule, proto: number, port: number): boolean {
  if (rule.protocol !== 0 && rule.protocol !== proto) return false
  return rule.first < 0 || (port >= rule.first && port <= rule.last)
}

/** Whether the rule applies to all protocols and ports. */
export function coversAllPorts(rule: CompiledRule): boolean {
  return rule.protocol === 0 && rule.first < 0
}
