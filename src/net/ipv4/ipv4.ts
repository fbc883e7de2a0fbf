/** IPv4 of a network. */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { QuotedFlow } from '../core/flow.ts'
import { type Neighbour, Neighbours } from '../core/neighbours.ts'
import { isRoutable, loopback, mayBeGuest } from '../core/settings.ts'
import type { FailedDial, IpFamily } from '../ip/family.ts'
import type { Fragments } from '../ip/fragments.ts'
import type { IpLayer } from '../ip/layer.ts'
import type { Pings } from '../ip/pings.ts'
import { quoteOf } from '../ip/quote.ts'
import type { Transports } from '../ip/transports.ts'
import type { Link } from '../link/link.ts'
import { formatIpv4 } from '../wire/addresses.ts'
import { icmpType, prohibited, unreachable } from '../wire/icmp.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Datagram } from '../wire/udp.ts'
import { answerArp, askArp } from './arp.ts'
import { Icmp } from './icmp.ts'
import { Ipv4Input } from './input.ts'
import { Ipv4Output } from './output.ts'

export class Ipv4 implements IpFamily {
  readonly neighbours: Neighbours
  readonly output: Ipv4Output
  readonly icmp: Icmp
  readonly input: Ipv4Input
  readonly #layer: IpLayer
  readonly #isOurs: (address: number) => boolean

  /** @param identification identification of the first packet */
  constructor(layer: IpLayer, transports: Transports, identification: number) {
    const { addresses } = layer
    this.#layer = layer
    // Half of the subnet is left for other links.
    this.neighbours = new Neighbours('refuse', Math.max(1, (~addresses.subnet.mask >>> 0) >>> 1))
    this.output = new Ipv4Output(addresses.mtu, identification)
    this.icmp = new Icmp(layer, this.output)
    this.input = new Ipv4Input(layer, transports, this)
    this.#isOurs = (address) => this.isOurs(address)
  }

  get gateway(): number {
    return this.#layer.addresses.gateway
  }

  get fragments(): Fragments {
    return this.input.fragments
  }

  get pings(): Pings {
    return this.icmp.pings
  }

  /** Whether it is one of our addresses, including the host's. */
  isOurs(address: number): boolean {
    const { gateway, host } = this.#layer.addresses
    return address === gateway || address === host
  }

  isGateway(address: number): boolean {
    return address === this.#layer.addresses.gateway
  }

  mayBeGuest(address: number): boolean {
    return mayBeGuest(this.#layer.addresses, address)
  }

  neighbour(address: number): Neighbour | undefined {
    const { neighbours } = this
    const { addresses } = this.#layer
    if (!isRoutable(addresses, address)) return neighbours.getOrAdd(address)
    const via = neighbours.getOrAdd(addresses.router)
    return via && neighbours.routed(address, via)
  }

  ask(links: Iterable<Link>, neighbour: Neighbour, nowMs: number): void {
    askArp(links, neighbour, this.gateway, nowMs)
  }

  /** An ARP packet from a guest, from `at` to `end`. */
  arp(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const sender = answerArp(packet.view, at, end, link, this.#isOurs)
    if (sender === undefined) this.#layer.drops.malformed += 1
    else if (sender.senderAddress !== 0)
      this.input.learn(sender.senderAddress, sender.senderHigh, sender.senderLow, link)
  }

  linkGone(link: Link): void {
    this.neighbours.linkGone(link)
  }

  asGuestKnows(address: number): number {
    return address >>> 24 === 127 ? this.#layer.addresses.host : address
  }

  onHost(address: number): number {
    return address === this.#layer.addresses.host ? loopback : address
  }

  format(address: number): string {
    return formatIpv4(address)
  }

  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean {
    return this.output.udp(to, datagram, bytes, start, end)
  }

  flowHeader(): undefined {
    return undefined
  }

  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean {
    return this.output.icmpError(to, source, error, quoted)
  }

  prohibited(to: Neighbour, quoted: Uint8Array): void {
    this.output.icmpError(to, this.gateway, prohibited, quoted)
  }

  portUnreachable(to: Neighbour, gateway: number, quoted: Uint8Array): void {
    const error = { type: icmpType.unreachable, code: unreachable.port }
    this.output.icmpError(to, gateway, error, quoted)
  }

  dialFailed(connection: FailedDial, failure: DialFailure | IcmpFailure): void {
    this.icmp.dialFailed(connection, failure, (address) => this.asGuestKnows(address))
  }

  quoteOf(flow: QuotedFlow): Uint8Array {
    return quoteOf(flow)
  }

  echoReplied(sequence: number, payload: Uint8Array): void {
    this.icmp.echoReplied(sequence, payload)
  }

  echoFailed(sequence: number, failure: IcmpFailure): void {
    this.icmp.echoFailed(sequence, failure)
  }

  expire(nowMs: number): void {
    this.fragments.expire(nowMs)
  }
}
