/** UDP interfaces between engine and host: the socket of a flow, and datagrams to the gateway. */
import type { Link } from '../link/link.ts'
import type { Datagram } from '../wire/udp.ts'
import type { Neighbour } from './neighbours.ts'

/** The host's socket of one flow. */
export interface HostDatagram {
  /** `bytes` may be reused after the call. */
  send(bytes: Uint8Array, start: number, end: number, address: number, port: number, ttl: number): void
  close(): void
}

/** A datagram to a gateway service. */
export interface GatewayDatagram extends Datagram {
  neighbour: Neighbour | undefined
  link: Link
  /** Valid during the call only. */
  payload: Uint8Array
}
