/** IPv6 on the VM's link: a /64 of unique local addresses (RFC 4193), with the last bytes of the IPv4 addresses. */
import { createHash } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Ipv6Settings, NetworkSettings } from './desired.ts'

/** Deterministic for an IPv4 subnet, and most likely unique. */
export function defaultSubnet6(subnet: string): string {
  const globalId = createHash('sha256').update(`desktop ${subnet}`).digest().subarray(0, 5)
  return textOf([0xfd, ...globalId, 0, 0])
}

/** Whether one IPv6 CIDR contains the other. */
export function overlap6(a: string, b: string): boolean {
  const [first, bits] = ipaddr.IPv6.parseCIDR(a)
  const [second, otherBits] = ipaddr.IPv6.parseCIDR(b)
  return first.match(second, Math.min(bits, otherBits))
}

/** Reason why the text is not a valid prefix for the link; undefined if it is. */
export function subnet6Problem(text: string): { problem: string; hint: string } | undefined {
  const hint = 'write a prefix of fd00::/8 with 64 bits, e.g. fd12:3456:789a::/64'
  if (!text.includes(':') || !ipaddr.IPv6.isValidCIDR(text) || text.includes('%')) {
    return { problem: `"${text}" is not an IPv6 network`, hint }
  }
  const [address, bits] = ipaddr.IPv6.parseCIDR(text)
  // SLAAC requires exactly this length (RFC 4862 section 5.5.3).
  if (bits !== 64) return { problem: `a /${bits} network does not fit`, hint }
  const bytes = address.toByteArray()
  if (bytes.slice(8).some((byte) => byte !== 0)) {
    return { problem: `${text} has host bits set`, hint: `did you mean ${textOf(bytes.slice(0, 8))}?` }
  }
  const isUsable = ['uniqueLocal', 'unicast', 'reserved'].includes(address.range())
  return isUsable ? undefined : { problem: `${text} is not a range for hosts`, hint }
}

/** Settings for a valid subnet. @param own last bytes of the VM's address */
export function ipv6Settings(subnet6: string, own = 3): Ipv6Settings {
  const prefix = ipaddr.IPv6.parseCIDR(subnet6)[0].toByteArray().slice(0, 8)
  const at = (last: number): string =>
    ipaddr
      .fromByteArray([...prefix, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (last >>> shift) & 0xff)])
      .toString()
  return { subnet: textOf(prefix), gateway: at(1), address: at(own), host: at(0xfe) }
}

/** Canonical text form. */
function textOf(prefix: readonly number[]): string {
  return `${ipaddr.fromByteArray([...prefix, 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`
}

/** The keys of `network` as in the file, with defaults. */
export function networkAsWritten({
  ipv6,
  ...ipv4
}: NetworkSettings): Record<string, string | number | boolean> {
  return { ...ipv4, ipv6: ipv6 !== undefined, ...(ipv6 === undefined ? {} : { subnet6: ipv6.subnet }) }
}
