/**
 * Forwarder without sockets and clock: consumes frames from links, emits frames to links and actions on the host.
 * `burstEnded` ends a batch of events; `advance` processes timers.
 */
import { isIpv6 } from './core/address-table.ts'
import { type DropCounters, newDropCounters } from './core/counters.ts'
import type { QuotedSegment } from './core/flow.ts'
import type { Neighbour } from './core/neighbours.ts'
import type { LinkAddresses } from './core/settings.ts'
import { DialGuard } from './dial-guard.ts'
import { Egress } from './egress/egress.ts'
import type { IpFamily } from './ip/family.ts'
import type { IpLayer } from './ip/layer.ts'
import { Ipv4 } from './ipv4/ipv4.ts'
import { Ipv6 } from './ipv6/ipv6.ts'
import type { FrameHandler } from './link/frame-reader.ts'
import type { Link } from './link/link.ts'
import { type AddressOwners, isSpoofed } from './link/spoof-guard.ts'
import { Switch } from './link/switch.ts'
import type { StackHost } from './stack-host.ts'
import { type TcpSurroundings, tcpDefaults } from './tcp/context.ts'
import { TcpEngine } from './tcp/engine.ts'
import { Datagrams } from './udp/datagrams.ts'
import { parseIpv4, parseIpv6 } from './wire/addresses.ts'
import { ethernetHeaderBytes, etherType } from './wire/ethernet.ts'
import type { PacketBuffer } from './wire/packet.ts'

const slowTickMs = 2000
/**
 * How long connections survive the loss of a guest's link: as long as with TCP keepalive (RFC 1122 section
 * 4.2.3.6).
 */
const mostAwayMs = 2 * 3_600_000

export interface StackOptions {
  egress?: Egress
  /** Guests reach the gateway and external hosts, but not each other. */
  isIsolated?: boolean
}

export class Stack implements FrameHandler, IpLayer {
  readonly addresses: LinkAddresses
  readonly host: StackHost
  readonly egress: Egress
  readonly drops: DropCounters = newDropCounters()
  readonly links: Switch
  readonly tcp: TcpEngine
  readonly datagrams: Datagrams
  readonly ipv4: Ipv4
  /** Undefined if IPv6 is off. */
  readonly ipv6: Ipv6 | undefined
  readonly families: readonly IpFamily[]
  readonly #owners: AddressOwners = {
    isOurIpv4: (address) => this.ipv4.isOurs(address),
    isTaken: (address, macHigh, macLow) => this.host.isTaken(address, macHigh, macLow),
    routesIpv6: () => this.ipv6 !== undefined,
    isOurIpv6: (view, at) => this.ipv6?.isOurs(this.ipv6.table.intern(view, at)) === true,
  }
  /** Link of the current frame. */
  #from!: Link
  readonly #dials: DialGuard = new DialGuard(this)
  #nowMs: number
  #slowMs: number
  /** When connections of guests without a link are aborted; undefined: no link was removed. */
  #awayMs: number | undefined

  constructor(
    addresses: LinkAddresses,
    host: StackHost,
    nowMs: number,
    { egress = new Egress(), isIsolated = false }: StackOptions = {},
  ) {
    this.links = new Switch(isIsolated, (packet, at, end) => isSpoofed(this.#owners, packet, at, end))
    this.addresses = addresses
    this.host = host
    this.egress = egress
    this.#nowMs = nowMs
    this.#slowMs = nowMs + slowTickMs
    const identification = host.random32()
    this.datagrams = new Datagrams(this, host)
    this.tcp = new TcpEngine({ ...tcpDefaults, mtu: addresses.mtu }, this.#aroundTcp(), nowMs)
    const { tcp, datagrams } = this
    this.ipv4 = new Ipv4(this, { tcp, datagrams }, identification)
    this.ipv6 = addresses.ipv6 && new Ipv6(addresses.ipv6, this, { tcp, datagrams })
    this.families = this.ipv6 === undefined ? [this.ipv4] : [this.ipv4, this.ipv6]
    egress.table6 = this.ipv6?.table
  }

  /** Dependencies of the TCP engine. */
  #aroundTcp(): TcpSurroundings {
    const { host } = this
    return {
      dial: (c) => this.#dials.dial(c),
      clockMs: () => host.clockMs(),
      neighbour: this.neighbour.bind(this),
      header6: (guestAddress, address) => this.family(address).flowHeader(address, guestAddress),
      resolve: this.resolve.bind(this),
      unreachable: (c, failure) => this.family(c.address).dialFailed(c, failure),
      random32: () => host.random32(),
    }
  }

  get nowMs(): number {
    return this.#nowMs
  }

  set nowMs(nowMs: number) {
    this.#nowMs = nowMs
    this.tcp.nowMs = nowMs
  }

  addLink(link: Link): void {
    this.links.add(link)
    // Each machine's own forwarder is its router.
    if (!link.isTrunk) this.ipv6?.linkAdded(link, this.#nowMs)
  }

  /** Flows of its guests continue when it reconnects. */
  removeLink(link: Link): void {
    this.links.remove(link)
    if (link.isTrunk) return
    for (const family of this.families) family.linkGone(link)
    this.#awayMs = this.#nowMs + mostAwayMs
  }

  /** Link of the following frames. */
  set from(link: Link) {
    this.#from = link
  }

  frame(packet: PacketBuffer, at: number, end: number): void {
    const link = this.#from
    link.counters.framesIn += 1
    link.counters.bytesIn += end - at
    if (!this.links.pass(packet, at, end, link, this.#nowMs)) return
    switch (packet.view.getUint16(at + 12)) {
      case etherType.ipv4:
        this.ipv4.input.arrived(packet, at, end, link)
        break
      case etherType.arp:
        this.ipv4.arp(packet, at + ethernetHeaderBytes, end, link)
        break
      case etherType.ipv6:
        if (this.ipv6 === undefined) this.drops.unknownProtocol += 1
        else this.ipv6.input.arrived(packet, at, end, link)
        break
      default:
        this.drops.unknownProtocol += 1
    }
  }

  /** Ends a batch of frames or host events: processes the results and flushes all links. */
  burstEnded(): void {
    this.tcp.endBurst()
    this.#dials.resetRefused()
    for (const link of this.links.links) link.flush()
    for (const trunk of this.links.trunks) trunk.flush()
    this.ipv6?.sweep()
  }

  /** A link has room again. */
  linkDrained(): void {
    this.tcp.linkReady()
    this.burstEnded()
  }

  advance(): void {
    this.tcp.advance()
    this.ipv6?.router.advance(this.links.links, this.#nowMs)
    if (this.#nowMs >= this.#slowMs) {
      this.#slowMs = this.#nowMs + slowTickMs
      this.datagrams.expire(this.#nowMs)
      for (const family of this.families) family.expire(this.#nowMs)
    }
    if (this.#awayMs !== undefined && this.#nowMs >= this.#awayMs) {
      this.#awayMs = undefined
      this.tcp.abortAll((c) => c.neighbour.link === undefined)
    }
    this.burstEnded()
  }

  /** When to call `advance` next; undefined: after the next event. */
  get nextMs(): number | undefined {
    const fragments = this.ipv4.fragments.size + (this.ipv6?.fragments.size ?? 0)
    const slow = this.datagrams.size + fragments > 0 ? this.#slowMs : undefined
    const ofGuests = earliest(this.tcp.nextMs, this.#awayMs)
    return earliest(earliest(ofGuests, slow), this.ipv6?.router.nextMs)
  }

  /** IPv6 handles come only from its table, so there are none if IPv6 is off. */
  family(address: number): IpFamily {
    return isIpv6(address) && this.ipv6 !== undefined ? this.ipv6 : this.ipv4
  }

  /** The neighbour with an address; undefined if the table is full. */
  neighbour(address: number): Neighbour | undefined {
    return this.family(address).neighbour(address)
  }

  /** Parses an address; undefined for IPv6 if it is off. Throws on an invalid address. */
  addressOf(text: string): number | undefined {
    return text.includes(':') ? this.ipv6?.table.internBytes(parseIpv6(text)) || undefined : parseIpv4(text)
  }

  /** Converts an address of 4 or 16 bytes; 0 if the table is full. */
  addressOfBytes(bytes: Uint8Array): number {
    if (bytes.length === 16) return this.ipv6?.table.internBytes(bytes) ?? 0
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0)
  }

  formatAddress(address: number): string {
    return this.family(address).format(address)
  }

  synUndelivered(quoted: QuotedSegment, from: Neighbour): void {
    this.tcp.synUndelivered(quoted, from)
  }

  packetTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void {
    this.tcp.segmentTooBig(quoted, from, mtu)
  }

  /** Our address of the guest's family. */
  gatewayFor(guestAddress: number): number {
    return this.family(guestAddress).gateway
  }

  resolve(neighbour: Neighbour): void {
    const target = neighbour.via ?? neighbour
    this.family(target.address).ask(this.links.links, target, this.#nowMs)
  }
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
