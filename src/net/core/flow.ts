/** A TCP flow and its headers, and flows as an ICMP error quotes them. */

export interface TcpFlow {
  guestAddress: number
  guestPort: number
  /** What the guest knows as the other end. */
  address: number
  port: number
}

/** The headers of one TCP connection, made once: only the length changes. */
export interface FlowHeader {
  bytes: Uint8Array
  /** Sum of both addresses. */
  addressSum: number
}

/** A packet of a guest, as an ICMP error quotes it. */
export interface QuotedFlow {
  protocol: number
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
  /** What follows the ports: sequence number of TCP; length and checksum of UDP. */
  word: number
  /** As much of what followed as is known. */
  payload?: Uint8Array
}

/** A segment from us to a guest, as an ICMP error quotes it. */
export interface QuotedSegment extends TcpFlow {
  sequence: number
}
