/** Shared state of the IPv6 parts of a network. */
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
  /** Whether it is one of our addresses, including the host's. */
  isOurs(address: number): boolean
  /** Whether it is in our prefix. */
  isInside(view: DataView, at: number): boolean
  mayBeGuest(address: number): boolean
  /** Our source address for a guest: of the same scope. */
  speakerFor(to: Neighbour): number
  asGuestKnows(address: number): number
  /** The neighbour with this address and the frame's MAC; undefined: the address is not the sender's. */
  learn(address: number, header: Ipv6Header, packet: PacketBuffer, link: Link): Neighbour | undefined
  /**
   * A message from a guest. `from` is undefined if the guest has no address yet; `isOurs` includes our multicast
   * groups.
   */
  icmpArrived(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour | undefined,
    link: Link,
    isOurs: boolean,
  ): void
  /** Sends an error about a packet of the guest, unless the rate limit is reached. */
  limitedError(to: Neighbour, error: { type: number; code: number; rest?: number }, quoted: Uint8Array): void
}
