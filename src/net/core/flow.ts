/** TCP flows and their headers, and flows quoted by ICMP errors. */

export interface TcpFlow {
  guestAddress: number
  guestPort: number
  /** Remote address as the guest sees it. */
  address: number
  port: number
}

/** Header template of a TCP connection: only the length changes. */
export interface FlowHeader {
  bytes: Uint8Array
  /** Sum of both addresses. */
  addressSum: number
}

/** A packet of a guest, for the quote of an ICMP error. */
export interface QuotedFlow {
  protocol: number
  source: number
  sourcePort: number
  destination: number
  destinationPort: number
  /** Word after the ports: TCP sequence number; UDP length and checksum. */
  word: number
  /** Payload, as far as known. */
  payload?: Uint8Array
}

/** Our segment to a guest, read from the quote of an ICMP error. */
export interface QuotedSegment extends TcpFlow {
  sequence: number
}
