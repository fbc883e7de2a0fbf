/** IP header fields for the layers above, of either family. */
export interface IpHeader {
  /** Offsets in the parsed buffer. */
  at: number
  payloadAt: number
  end: number
  /** Remaining hops. */
  ttl: number
  protocol: number
  /** IPv4 addresses, or handles of IPv6 ones (core/address-table.ts). */
  source: number
  destination: number
}
