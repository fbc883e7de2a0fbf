/** Counters of dropped frames, by reason. */
export interface DropCounters {
  /** Invalid frame or header. */
  malformed: number
  /** TCP or UDP with a wrong checksum. */
  checksum: number
  /** Unsupported protocol, or IPv6 while it is off. */
  unknownProtocol: number
  /** Source address that is not the sender's. */
  spoofed: number
  /** Unreachable destination, or a guest that could not be resolved. */
  unroutable: number
  ttlExceeded: number
  /** Nothing to answer: broadcast datagrams without a service, datagrams to port 0, and other ICMP messages. */
  ignored: number
  /** More source addresses than the table can hold. */
  crowded: number
  /** Connections, datagrams and pings denied by egress rules. */
  denied: number
}

export function newDropCounters(): DropCounters {
  return {
    malformed: 0,
    checksum: 0,
    unknownProtocol: 0,
    spoofed: 0,
    unroutable: 0,
    ttlExceeded: 0,
    ignored: 0,
    crowded: 0,
    denied: 0,
  }
}
