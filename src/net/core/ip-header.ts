/** What everyone above IP wants to know of a header, of either family. */
export interface IpHeader {
  /** Offsets in the buffer that was parsed. */
  at: number
  payloadAt: number
  end: number
  /** Hops that are left. */
  ttl: number
  protocol: number
  /** IPv4 addresses, or handles of IPv6 ones (core/address-table.ts). */
  source: number
  destination: number
}
