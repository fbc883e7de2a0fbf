/** IP addresses for DNS: record data and reverse lookup names (RFC 1035 3.5, RFC 3596 2.5). */
import ipaddr from 'ipaddr.js'
import { recordType } from '../../wire/dns.ts'

export interface AddressRecord {
  type: number
  rdata: Uint8Array
  /** `4.3.2.1.in-addr.arpa`, or nibbles under ip6.arpa. */
  reverseName: string
}

/** Undefined if the text is not an IP address. */
export function addressRecord(text: string): AddressRecord | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    const bytes = ipaddr.IPv4.parse(text).toByteArray()
    const reverseName = `${bytes.toReversed().join('.')}.in-addr.arpa`
    return { type: recordType.a, rdata: Uint8Array.from(bytes), reverseName }
  }
  if (!ipaddr.IPv6.isValid(text)) return undefined
  const bytes = ipaddr.IPv6.parse(text).toByteArray()
  const reverseName = reverseName6(bytes)
  return { type: recordType.aaaa, rdata: Uint8Array.from(bytes), reverseName }
}

function reverseName6(bytes: readonly number[]): string {
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]).toReversed()
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`
}

/**
 * Reverse zones that cover a network: one for a prefix at an octet boundary (IPv6: a /64), otherwise up to 128.
 */
export function reverseZones(cidr: string): string[] {
  if (cidr.includes(':')) return [reverseName6(ipaddr.IPv6.parseCIDR(cidr)[0].toByteArray().slice(0, 8))]
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr)
  const octets = Math.ceil(prefix / 8)
  const base = ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${prefix}`).toByteArray()
  const labels = base.slice(0, octets)
  return Array.from({ length: 2 ** (octets * 8 - prefix) }, (_, i) => {
    const own = labels.map((octet, index) => (index === octets - 1 ? octet + i : octet))
    return [...own.toReversed(), 'in-addr.arpa'].join('.')
  })
}
