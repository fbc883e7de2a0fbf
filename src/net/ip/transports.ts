/** TCP and UDP interfaces for the IP layer, independent of the family. */
import type { IpHeader } from '../core/ip-header.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import type { PacketBuffer } from '../wire/packet.ts'

export interface Transports {
  readonly tcp: {
    packetArrived(packet: PacketBuffer, header: IpHeader): void
    /** The link of a guest has reconnected. */
    guestIsBack(neighbour: Neighbour): void
    /** A link has room again, or a guest was resolved. */
    linkReady(): void
    connections(): Iterable<{ readonly address: number; readonly guestAddress: number }>
  }
  readonly datagrams: {
    arrived(packet: PacketBuffer, header: IpHeader, from: Neighbour): void
    arrivedAtGateway(packet: PacketBuffer, header: IpHeader, from: Neighbour | undefined, link: Link): void
    /** MAC and link of a guest are known now. */
    resolved(neighbour: Neighbour): void
    guestAddresses(): Iterable<number>
    remoteAddresses(): Iterable<number>
  }
}

/** A guest was resolved: notifies the transports, also about the addresses behind it. */
export function found(transports: Transports, neighbour: Neighbour, isBack: boolean): void {
  if (isBack) transports.tcp.guestIsBack(neighbour)
  transports.datagrams.resolved(neighbour)
  if (neighbour.behind === undefined) return
  for (const routed of neighbour.behind.values()) found(transports, routed, isBack)
}
