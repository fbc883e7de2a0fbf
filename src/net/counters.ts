/** What became of frames that went no further, by reason. */
export interface DropCounters {
  /** Not a sound frame, header or checksum. */
  malformed: number
  /** IPv6 and others that are not served. */
  unknownProtocol: number
  /** From an address that is not the sender's. */
  spoofed: number
  /** To an address that leads nowhere, or to a guest that did not say where it is. */
  unroutable: number
  ttlExceeded: number
  /** Connections, datagrams and pings that egress rules do not allow. */
  denied: number
}

export function newDropCounters(): DropCounters {
  return { malformed: 0, unknownProtocol: 0, spoofed: 0, unroutable: 0, ttlExceeded: 0, denied: 0 }
}
