/** Counters of dropped frames, by reason. */
export interface DropCounters {
  /** Not a sound frame or header. */
  malformed: number
  /** TCP and UDP with a wrong checksum. */
  checksum: number
  /** IPv6 and others that are not served. */
  unknownProtocol: number
  /** From an address that is not the sender's. */
  spoofed: number
  /** To an address that leads nowhere, or to a guest that did not say where it is. */
  unroutable: number
  ttlExceeded: number
  /** That ask for nothing here: datagrams to everyone, or to port 0, and ICMP that is no question. */
  ignored: number
  /** From more addresses than are remembered. */
  crowded: number
  /** Connections, datagrams and pings that egress rules do not allow. */
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
