/**
 * IPv4 addresses as signed 32-bit numbers, which V8 keeps unboxed; IPv6 addresses as 16 bytes (after parsing, as
 * handles: core/address-table.ts); MAC addresses as two numbers.
 */
import ipaddr from 'ipaddr.js'

/** Throws unless the text is an IPv4 address in dotted decimal notation. */
export function parseIpv4(text: string): number {
  const [a, b, c, d] = ipaddr.IPv4.parse(text).octets as [number, number, number, number]
  return (a << 24) | (b << 16) | (c << 8) | d
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Throws unless the text is an IPv6 address without a zone (`%eth0`). */
export function parseIpv6(text: string): Uint8Array {
  return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray())
}

/** RFC 5952 notation. */
export function formatIpv6(bytes: Uint8Array): string {
  return ipaddr.fromByteArray([...bytes]).toString()
}

export interface Subnet {
  network: number
  mask: number
  broadcast: number
}

export function parseSubnet(cidr: string): Subnet {
  const [base, prefix] = ipaddr.IPv4.parseCIDR(cidr)
  const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) | 0
  const network = parseIpv4(base.toString()) & mask
  return { network, mask, broadcast: network | ~mask }
}

/** Signed words of an IPv6 network and its mask. */
export function parsePrefix6(cidr: string): { network: Int32Array; mask: Int32Array } {
  const [base, prefix] = ipaddr.IPv6.parseCIDR(cidr)
  const words = (address: { toByteArray(): number[] }): Int32Array => {
    const view = new DataView(Uint8Array.from(address.toByteArray()).buffer)
    return Int32Array.of(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12))
  }
  const mask = words(ipaddr.IPv6.subnetMaskFromPrefixLength(prefix))
  return { network: words(base).map((word, i) => word & mask[i]!), mask }
}

/** `02:50:00:00:00:01` from its first two and last four bytes. */
export function formatMac(high: number, low: number): string {
  const hex = (high & 0xffff).toString(16).padStart(4, '0') + (low >>> 0).toString(16).padStart(8, '0')
  return hex.replace(/..(?!$)/g, '$&:')
}
