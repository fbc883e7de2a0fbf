/** IPv6 of one network: what ip/ is for IPv4, in one object that is there only when IPv6 is on. */
import { AddressTable } from '../core/address-table.ts'
import { type Neighbour, Neighbours } from '../core/neighbours.ts'
import type { Ipv6Network } from '../core/settings.ts'
import type { IpLayer } from '../ip/layer.ts'
import type { Upwards } from '../ipv4/input.ts'
import type { Link } from '../link/link.ts'
import { Icmp6 } from './icmp.ts'
import { Ip6Input } from './input.ts'
import { NeighbourDiscovery } from './neighbour-discovery.ts'
import { Ip6Output } from './output.ts'
import { type OwnAddresses6, ownAddresses6 } from './own-addresses.ts'
import { PathMtus } from './path-mtu.ts'
import { Router } from './router.ts'

export class Ip6 {
  readonly table: AddressTable
  readonly own: OwnAddresses6
  readonly neighbours: Neighbours = new Neighbours('forget-oldest')
  readonly output: Ip6Output
  readonly icmp: Icmp6
  readonly input: Ip6Input
  readonly discovery: NeighbourDiscovery
  readonly router: Router
  readonly paths: PathMtus = new PathMtus()
  readonly #up: Upwards

  constructor(network: Ipv6Network, layer: IpLayer, up: Upwards) {
    const { host, addresses } = layer
    this.#up = up
    this.table = new AddressTable(host.random32())
    this.own = ownAddresses6(this.table, network)
    this.output = new Ip6Output(this.table, addresses.mtu, host.random32())
    this.icmp = new Icmp6(layer, this)
    this.input = new Ip6Input(layer, up, this)
    this.discovery = new NeighbourDiscovery(this.table, this.own, this.output)
    this.router = new Router(this.table, this.own, this.output, addresses.mtu, () => host.random32())
  }

  /** One of our own addresses, the host's among them. */
  isOurs(address: number): boolean {
    const { gateway, linkLocal, host } = this.own
    return address === gateway || address === linkLocal || address === host
  }

  isGateway(address: number): boolean {
    return address === this.own.gateway || address === this.own.linkLocal
  }

  /** In our prefix. */
  isInside(view: DataView, at: number): boolean {
    return view.getInt32(at) === this.own.prefixHigh && view.getInt32(at + 4) === this.own.prefixLow
  }

  /** An address that a guest can have: in our prefix or link-local, and not ours. */
  mayBeGuest(address: number): boolean {
    if (this.isOurs(address)) return false
    const bytes = this.table.bytes(address)
    const isLinkLocal = bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80
    return isLinkLocal || this.isInside(new DataView(bytes.buffer), 0)
  }

  /** The guest of an address: on the link, or behind the one that routes. */
  neighbour(address: number): Neighbour | undefined {
    const { neighbours, own } = this
    if (this.mayBeGuest(address) || this.isOurs(address)) return neighbours.getOrAdd(address)
    const via = neighbours.getOrAdd(own.router)
    return via && neighbours.routed(address, via)
  }

  /** Our address to speak to a guest from: of the same scope. */
  speakerFor(to: Neighbour): number {
    return this.table.bytes(to.address)[0] === 0xfe ? this.own.linkLocal : this.own.gateway
  }

  /** What the host's loopback sends comes from the address by which the guest knows it. */
  asGuestKnows(address: number): number {
    return address === this.own.loopback ? this.own.host : address
  }

  /** A guest that came back to another forwarder learns at once what is true now. */
  linkAdded(link: Link, nowMs: number): void {
    this.router.answer(undefined, link)
    this.router.schedule(nowMs)
  }

  /** Between bursts: nobody holds an address that is not found in one of these. */
  sweep(): void {
    if (this.table.isCrowded) this.table.sweep(this.#addressesInUse())
  }

  *#addressesInUse(): Generator<number> {
    const { tcp, datagrams } = this.#up
    for (const { address } of this.neighbours.values()) yield address
    for (const { address, guestAddress } of tcp.connections()) {
      yield address
      yield guestAddress
    }
    yield* datagrams.guestAddresses()
    for (const { remotes } of datagrams.nat.flows()) yield remotes.lastAddress
    for (const ping of this.icmp.pings.values()) {
      yield ping.destination
      yield ping.neighbour.address
    }
    yield* this.input.fragments.addresses()
  }
}
