/** Failures on the host side, as a guest learns them by RST or ICMP. */

/** Why the host could not be reached. */
export type DialFailure =
  | 'refused'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'prohibited'
  /** No answer: the guest gets none either. */
  | 'silent'

/** An ICMP error that a router or host sent about our packet. */
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
  /** The beginning of what was sent, if it is known; valid during the call only. */
  datagram?: Uint8Array
}
