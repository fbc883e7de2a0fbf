/** IPv6 of one network, as its own parts see it. */
import type { AddressTable } from '../core/address-table.ts'
import type { Neighbour, Neighbours } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import type { Ipv6Header } from '../wire/ipv6.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { NeighbourDiscovery } from './neighbour-discovery.ts'
import type { Ipv6Output } from './output.ts'
import type { OwnAddresses6 } from './own-addresses.ts'
import type { PathMtus } from './path-mtu.ts'
import type { Router } from './router.ts'

export interface Ipv6Parts {
  readonly table: AddressTable
  readonly own: OwnAddresses6
  readonly neighbours: Neighbours
  readonly output: Ipv6Output
  readonly discovery: NeighbourDiscovery
  readonly router: Router
  readonly paths: PathMtus
  /** One of our own addresses, the host's among them. */
  isOurs(address: number): boolean
  /** In our prefix. */
  isInside(view: DataView, at: number): boolean
  mayBeGuest(address: number): boolean
  /** Our address to speak to a guest from: of the same scope. */
  speakerFor(to: Neighbour): number
  asGuestKnows(address: number): number
  /** The neighbour with this address; undefined: it is not the sender's. The frame says its MAC. */
  learn(address: number, header: Ipv6Header, packet: PacketBuffer, link: Link): Neighbour | undefined
  /** A message of a guest. `from` is undefined when it has no address yet, `isOurs` also of our groups. */
  icmpArrived(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour | undefined,
    link: Link,
    isOurs: boolean,
  ): void
  /** An error about a packet of the guest, unless there are too many already. */
  limitedError(to: Neighbour, error: { type: number; code: number; rest?: number }, quoted: Uint8Array): void
}
