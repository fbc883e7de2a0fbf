/** TCP and UDP as the IP layer sees them, whichever family a packet is of. */
import type { IpHeader } from '../core/ip-header.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import type { PacketBuffer } from '../wire/packet.ts'

export interface Transports {
  readonly tcp: {
    packetArrived(packet: PacketBuffer, header: IpHeader): void
    /** A guest whose link was gone has one again. */
    guestIsBack(neighbour: Neighbour): void
    /** Some link has room, or a guest is known. */
    linkReady(): void
    connections(): Iterable<{ readonly address: number; readonly guestAddress: number }>
  }
  readonly datagrams: {
    arrived(packet: PacketBuffer, header: IpHeader, from: Neighbour): void
    arrivedAtGateway(packet: PacketBuffer, header: IpHeader, from: Neighbour | undefined, link: Link): void
    /** It is known on which link this guest is. */
    resolved(neighbour: Neighbour): void
    guestAddresses(): Iterable<number>
    remoteAddresses(): Iterable<number>
  }
}

/** It is known where a guest is, and with it where those are that it routes to. */
export function found(transports: Transports, neighbour: Neighbour, isBack: boolean): void {
  if (isBack) transports.tcp.guestIsBack(neighbour)
  transports.datagrams.resolved(neighbour)
  if (neighbour.behind === undefined) return
  for (const routed of neighbour.behind.values()) found(transports, routed, isBack)
}
