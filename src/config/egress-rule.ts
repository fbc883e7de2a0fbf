/**
 * How a rule of network.egress is written, in the file and in every message:
 *
 *   allow|deny TARGET[:PORT[-PORT]][/tcp|/udp|/icmp]      TARGET: address, CIDR, [IPv6], [IPv6/BITS], name, *.name
 *                                                         or * for all
 */
import ipaddr from 'ipaddr.js'
import { formatSubnet, parseIPv4, parseSubnet } from './addresses.ts'
import type { EgressSettings } from './desired.ts'

export interface EgressRule {
  action: 'allow' | 'deny'
  to: { kind: 'network'; cidr: string } | { kind: 'name'; name: string }
  /** Undefined: all ports, and protocols without ports. */
  ports: { first: number; last: number } | undefined
  protocol: 'tcp' | 'udp' | 'icmp' | undefined
}

/** The policy without denials. */
export const openEgress: EgressSettings = { default: 'allow', rules: [] }

const everywhere = '0.0.0.0/0'
const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const nameSyntax = new RegExp(`^(?:\\*\\.)?(?:${label}\\.)*${label}$`)

/** The rule, or the error to print after its text. */
export function parseEgressTarget(action: EgressRule['action'], text: string): EgressRule | string {
  const [, body = '', protocol] = /^(.*?)(?:\/(tcp|udp|icmp))?$/.exec(text.trim().toLowerCase()) ?? []
  const [, ipv6, plain = '', given] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(body) ?? []
  if (ipaddr.IPv6.isValid(body) || ipaddr.IPv6.isValidCIDR(body))
    return 'needs brackets: [IPv6] or [IPv6/BITS]'
  if (ipv6 === undefined && plain === '' && body.includes(':')) return 'has no target'
  const ports = given === undefined ? undefined : parsePorts(given)
  if (given !== undefined && ports === undefined)
    return 'has an invalid port: a number from 1 to 65535, or FIRST-LAST'
  if (protocol === 'icmp' && ports !== undefined) return 'has a port, and ICMP has none'
  const to = ipv6 === undefined ? parseTo(plain) : parseTo6(ipv6)
  if (to === undefined) return 'is not an address, CIDR, name, *.name or *'
  return { action, to, ports, protocol: protocol as EgressRule['protocol'] }
}

/** The canonical form of a rule. */
export function formatEgressRule({ action, to, ports, protocol }: EgressRule): string {
  const target = to.kind === 'name' ? to.name : textOf(to.cidr)
  const range = ports && (ports.first === ports.last ? `${ports.first}` : `${ports.first}-${ports.last}`)
  return `${action} ${target}${range === undefined ? '' : `:${range}`}${protocol === undefined ? '' : `/${protocol}`}`
}

const textOf = (cidr: string): string => (cidr === everywhere ? '*' : cidr.includes(':') ? `[${cidr}]` : cidr)

/** Parses the output of `formatEgressRule`; returns undefined for anything else. */
export function parseEgressRule(text: string): EgressRule | undefined {
  const [, action, target = ''] = /^(allow|deny) (.+)$/.exec(text) ?? []
  if (action === undefined) return undefined
  const rule = parseEgressTarget(action as EgressRule['action'], target)
  return typeof rule === 'string' ? undefined : rule
}

function parseTo(text: string): EgressRule['to'] | undefined {
  if (text === '*') return { kind: 'network', cidr: everywhere }
  const subnet = parseSubnet(text.includes('/') ? text : `${text}/32`)
  if (subnet !== undefined) return { kind: 'network', cidr: formatSubnet(subnet) }
  const name = text.replace(/\.$/, '')
  // A malformed address is a mistake, not a name.
  const isName =
    nameSyntax.test(name) && name.length <= 253 && !/^[\d.]+$/.test(name) && parseIPv4(name) === undefined
  return isName ? { kind: 'name', name } : undefined
}

/** Parses the part in brackets. */
function parseTo6(text: string): EgressRule['to'] | undefined {
  const cidr = text.includes('/') ? text : `${text}/128`
  if (cidr.includes('%') || !ipaddr.IPv6.isValidCIDR(cidr)) return undefined
  const network = ipaddr.IPv6.networkAddressFromCIDR(cidr)
  return { kind: 'network', cidr: `${network.toString()}/${ipaddr.IPv6.parseCIDR(cidr)[1]}` }
}

function parsePorts(text: string): EgressRule['ports'] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined
}
