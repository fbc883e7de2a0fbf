/** IPv6 of a network; exists only if IPv6 is on. */
import { AddressTable } from '../core/address-table.ts'
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { FlowHeader, QuotedFlow } from '../core/flow.ts'
import { type Neighbour, Neighbours } from '../core/neighbours.ts'
import type { Ipv6Network } from '../core/settings.ts'
import type { FailedDial, IpFamily } from '../ip/family.ts'
import type { Fragments } from '../ip/fragments.ts'
import type { IpLayer } from '../ip/layer.ts'
import type { Pings } from '../ip/pings.ts'
import type { Transports } from '../ip/transports.ts'
import type { Link } from '../link/link.ts'
import { icmp6Type, unreachable6 } from '../wire/icmp6.ts'
import type { Ipv6Header } from '../wire/ipv6.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Datagram } from '../wire/udp.ts'
import { Icmp6 } from './icmp.ts'
import { Ipv6Input } from './input.ts'
import { NeighbourDiscovery } from './neighbour-discovery.ts'
import { Ipv6Output } from './output.ts'
import { type OwnAddresses6, ownAddresses6 } from './own-addresses.ts'
import type { Ipv6Parts } from './parts.ts'
import { PathMtus } from './path-mtu.ts'
import { Router } from './router.ts'

export class Ipv6 implements IpFamily, Ipv6Parts {
  readonly table: AddressTable
  readonly own: OwnAddresses6
  readonly neighbours: Neighbours = new Neighbours('forget-oldest')
  readonly output: Ipv6Output
  readonly icmp: Icmp6
  readonly input: Ipv6Input
  readonly discovery: NeighbourDiscovery
  readonly router: Router
  readonly paths: PathMtus = new PathMtus()
  readonly #transports: Transports

  constructor(network: Ipv6Network, layer: IpLayer, transports: Transports) {
    const { host, addresses } = layer
    this.#transports = transports
    this.table = new AddressTable(host.random32())
    this.own = ownAddresses6(this.table, network)
    this.output = new Ipv6Output(this.table, addresses.mtu, host.random32())
    this.icmp = new Icmp6(layer, this)
    this.input = new Ipv6Input(layer, transports, this)
    this.discovery = new NeighbourDiscovery(this.table, this.own, this.output)
    this.router = new Router(this.table, this.own, this.output, addresses.mtu, () => host.random32())
  }

  get gateway(): number {
    return this.own.gateway
  }

  get fragments(): Fragments {
    return this.input.fragments
  }

  get pings(): Pings {
    return this.icmp.pings
  }

  isOurs(address: number): boolean {
    const { gateway, linkLocal, host } = this.own
    return address === gateway || address === linkLocal || address === host
  }

  isGateway(address: number): boolean {
    return address === this.own.gateway || address === this.own.linkLocal
  }

  isInside(view: DataView, at: number): boolean {
    return view.getInt32(at) === this.own.prefixHigh && view.getInt32(at + 4) === this.own.prefixLow
  }

  /** In our prefix or link-local, and not ours. */
  mayBeGuest(address: number): boolean {
    if (this.isOurs(address)) return false
    const bytes = this.table.bytes(address)
    const isLinkLocal = bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80
    return isLinkLocal || this.isInside(new DataView(bytes.buffer), 0)
  }

  /** An address on the link, or behind the routing guest. */
  neighbour(address: number): Neighbour | undefined {
    const { neighbours, own } = this
    if (this.mayBeGuest(address) || this.isOurs(address)) return neighbours.getOrAdd(address)
    const via = neighbours.getOrAdd(own.router)
    return via && neighbours.routed(address, via)
  }

  ask(links: Iterable<Link>, neighbour: Neighbour, nowMs: number): void {
    this.discovery.ask(links, neighbour, nowMs)
  }

  speakerFor(to: Neighbour): number {
    return this.table.bytes(to.address)[0] === 0xfe ? this.own.linkLocal : this.own.gateway
  }

  asGuestKnows(address: number): number {
    return address === this.own.loopback ? this.own.host : address
  }

  onHost(address: number): number {
    return address === this.own.host ? this.own.loopback : address
  }

  format(address: number): string {
    return this.table.text(address)
  }

  /** Sends a router advertisement at once: the guest may come from another forwarder. */
  linkAdded(link: Link, nowMs: number): void {
    this.router.answer(undefined, link)
    this.router.schedule(nowMs)
  }

  linkGone(link: Link): void {
    this.neighbours.linkGone(link)
  }

  learn(address: number, header: Ipv6Header, packet: PacketBuffer, link: Link): Neighbour | undefined {
    return this.input.learn(address, header, packet, link)
  }

  icmpArrived(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour | undefined,
    link: Link,
    isOurs: boolean,
  ): void {
    this.icmp.arrived(packet, header, from, link, isOurs)
  }

  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean {
    return this.output.udp(to, datagram, bytes, start, end)
  }

  flowHeader(address: number, guestAddress: number): FlowHeader {
    return this.output.flowHeader(address, guestAddress)
  }

  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean {
    return this.output.icmpError(to, source, error, quoted)
  }

  limitedError(
    to: Neighbour,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): void {
    this.icmp.error(to, error, quoted)
  }

  prohibited(to: Neighbour, quoted: Uint8Array): void {
    this.icmp.error(to, { type: icmp6Type.unreachable, code: unreachable6.prohibited }, quoted)
  }

  portUnreachable(to: Neighbour, _gateway: number, quoted: Uint8Array): void {
    this.icmp.error(to, { type: icmp6Type.unreachable, code: unreachable6.port }, quoted)
  }

  dialFailed(connection: FailedDial, failure: DialFailure | IcmpFailure): void {
    this.icmp.dialFailed(connection, failure)
  }

  quoteOf(flow: QuotedFlow): Uint8Array {
    return this.output.quoteOf(flow)
  }

  echoReplied(sequence: number, payload: Uint8Array): void {
    this.icmp.echoReplied(sequence, payload)
  }

  echoFailed(sequence: number, failure: IcmpFailure): void {
    this.icmp.echoFailed(sequence, failure)
  }

  expire(nowMs: number): void {
    this.fragments.expire(nowMs)
    this.paths.expire(nowMs)
  }

  /** Call between bursts: all handles in use are found in these tables. */
  sweep(): void {
    if (this.table.isCrowded) this.table.sweep(this.#addressesInUse())
  }

  *#addressesInUse(): Generator<number> {
    const { tcp, datagrams } = this.#transports
    for (const { address } of this.neighbours.values()) yield address
    for (const { address, guestAddress } of tcp.connections()) {
      yield address
      yield guestAddress
    }
    yield* datagrams.guestAddresses()
    yield* datagrams.remoteAddresses()
    for (const ping of this.pings.values()) {
      yield ping.destination
      yield ping.neighbour.address
    }
    yield* this.fragments.addresses()
  }
}
