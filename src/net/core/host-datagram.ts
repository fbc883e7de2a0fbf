/** UDP between the engine and the host: the socket of one flow, and datagrams to the gateway. */
import type { Link } from '../link/link.ts'
import type { Datagram } from '../wire/udp.ts'
import type { Neighbour } from './neighbours.ts'

/** The host's socket of one flow. */
export interface HostDatagram {
  /** The bytes are the caller's again when this returns. */
  send(bytes: Uint8Array, start: number, end: number, address: number, port: number, ttl: number): void
  close(): void
}

/** A datagram to a service of the gateway. */
export interface GatewayDatagram extends Datagram {
  neighbour: Neighbour | undefined
  link: Link
  /** Valid during the call only. */
  payload: Uint8Array
}
