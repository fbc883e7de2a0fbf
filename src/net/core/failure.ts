/** Failures on the host side, reported to the guest by RST or ICMP. */

/** Reason why the host could not connect. */
export type DialFailure =
  | 'refused'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'prohibited'
  /** Timeout: the guest gets no answer either. */
  | 'silent'

/** An ICMP error about our packet, from a router or host. */
export interface IcmpFailure {
  type: number
  code: number
  /** Next-hop MTU for "fragmentation needed" (RFC 1191), else 0. */
  info: number
  /** The sender of the ICMP error. */
  source: number
}

export interface UdpFailure extends IcmpFailure {
  destination: number
  destinationPort: number
  /** Start of the datagram, if known; valid during the call only. */
  datagram?: Uint8Array
}
