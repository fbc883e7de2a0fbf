/**
 * The forwarder without sockets and clock: frames from links go in, frames to links and actions on the host come
 * out. `burstEnded` closes a batch of events; `advance` does what time asks for.
 */
import { isIpv6 } from './core/address-table.ts'
import { type DropCounters, newDropCounters } from './core/counters.ts'
import type { DialFailure, IcmpFailure } from './core/failure.ts'
import type { QuotedFlow, QuotedSegment } from './core/flow.ts'
import type { HostStream } from './core/host-stream.ts'
import { type Neighbour, Neighbours } from './core/neighbours.ts'
import { isRoutable, type LinkAddresses } from './core/settings.ts'
import { Egress } from './egress/egress.ts'
import { NamedStream } from './egress/named-stream.ts'
import type { IpLayer } from './ip/layer.ts'
import { quoteOf } from './ip/quote.ts'
import { answerArp, askArp } from './ipv4/arp.ts'
import { Icmp } from './ipv4/icmp.ts'
import { IpInput } from './ipv4/input.ts'
import { IpOutput } from './ipv4/output.ts'
import { Ip6 } from './ipv6/ipv6.ts'
import type { FrameHandler } from './link/frames.ts'
import type { Link } from './link/link.ts'
import { type AddressOwners, isSpoofed } from './link/spoof-guard.ts'
import { Switch } from './link/switch.ts'
import type { StackHost } from './stack-host.ts'
import type { TcpConnection } from './tcp/connection.ts'
import { tcpDefaults } from './tcp/context.ts'
import { TcpEngine } from './tcp/engine.ts'
import { Datagrams } from './udp/datagrams.ts'
import { formatIpv4, parseIpv4, parseIpv6 } from './wire/addresses.ts'
import { ethernetHeaderBytes, etherType } from './wire/ethernet.ts'
import { protocol } from './wire/ipv4.ts'
import type { PacketBuffer } from './wire/packet.ts'

const slowTickMs = 2000
/** How long connections wait for guests whose link is gone: as long as TCP's keepalive would (RFC 1122 section 4.2.3.6). */
const mostAwayMs = 2 * 3_600_000

export interface StackOptions {
  egress?: Egress
  /** Guests reach the gateway and the world, not each other. */
  isIsolated?: boolean
}

export class Stack implements FrameHandler, IpLayer {
  readonly addresses: LinkAddresses
  readonly host: StackHost
  readonly egress: Egress
  readonly drops: DropCounters = newDropCounters()
  readonly neighbours: Neighbours = new Neighbours('refuse')
  readonly links: Switch
  readonly output: IpOutput
  readonly tcp: TcpEngine
  readonly datagrams: Datagrams
  readonly icmp: Icmp
  readonly input: IpInput
  readonly ip6: Ip6 | undefined
  readonly #owners: AddressOwners = {
    isOurIpv4: (address) => address === this.addresses.gateway || address === this.addresses.host,
    isTaken: (address, macHigh, macLow) => this.host.isTaken(address, macHigh, macLow),
    routesIpv6: () => this.ip6 !== undefined,
    isOurIpv6: (view, at) => this.ip6?.isOurs(this.ip6.table.intern(view, at)) === true,
  }
  /** Where the frame at hand comes from. */
  #from!: Link
  /** Connections whose first bytes named a server that is denied. */
  readonly #refused: TcpConnection[] = []
  #nowMs: number
  #slowMs: number
  /** When connections of guests without a link end; undefined: no link has gone. */
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
    this.output = new IpOutput(addresses.mtu, host.random32())
    this.datagrams = new Datagrams(this)
    this.icmp = new Icmp(this)
    const around = {
      dial: this.#dial.bind(this),
      clockMs: () => host.clockMs(),
      neighbour: this.neighbour.bind(this),
      header6: (guestAddress: number, address: number) =>
        isIpv6(address) ? this.ip6?.output.flowHeader(address, guestAddress) : undefined,
      resolve: this.resolve.bind(this),
      unreachable: (c: TcpConnection, failure: DialFailure | IcmpFailure) =>
        isIpv6(c.address) ? this.ip6?.icmp.dialFailed(c, failure) : this.icmp.dialFailed(c, failure),
      random32: () => host.random32(),
    }
    this.tcp = new TcpEngine({ ...tcpDefaults, mtu: addresses.mtu }, around, nowMs)
    this.input = new IpInput(this, this)
    this.ip6 = addresses.ipv6 && new Ip6(addresses.ipv6, this, this)
    this.output.ip6 = this.ip6?.output
    egress.table6 = this.ip6?.table
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
    this.ip6?.linkAdded(link, this.#nowMs)
  }

  /** Its flows wait for it to come back. */
  removeLink(link: Link): void {
    this.links.remove(link)
    this.neighbours.linkGone(link)
    this.ip6?.neighbours.linkGone(link)
    this.#awayMs = this.#nowMs + mostAwayMs
  }

  /** Whose frames come next. */
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
        this.input.arrived(packet, at, end, link)
        break
      case etherType.arp:
        this.#arp(packet, at + ethernetHeaderBytes, end, link)
        break
      case etherType.ipv6:
        if (this.ip6 === undefined) this.drops.unknownProtocol += 1
        else this.ip6.input.arrived(packet, at, end, link)
        break
      default:
        this.drops.unknownProtocol += 1
    }
  }

  /** The end of a batch of frames or host events: what they ask for is done, and all links are flushed. */
  burstEnded(): void {
    this.tcp.endBurst()
    this.#resetRefused()
    for (const link of this.links.links) link.flush()
    this.ip6?.sweep()
  }

  /** A link has room again. */
  linkDrained(): void {
    this.tcp.linkReady()
    this.burstEnded()
  }

  advance(): void {
    this.tcp.advance()
    this.ip6?.router.advance(this.links.links, this.#nowMs)
    if (this.#nowMs >= this.#slowMs) {
      this.#slowMs = this.#nowMs + slowTickMs
      this.datagrams.expire(this.#nowMs)
      this.input.fragments.expire(this.#nowMs)
      this.ip6?.input.fragments.expire(this.#nowMs)
      this.ip6?.paths.expire(this.#nowMs)
    }
    if (this.#awayMs !== undefined && this.#nowMs >= this.#awayMs) {
      this.#awayMs = undefined
      this.tcp.abortAll((c) => c.neighbour.link === undefined)
    }
    this.burstEnded()
  }

  /** When `advance` is to be called next; undefined: not before something happens. */
  get nextMs(): number | undefined {
    const fragments = this.input.fragments.size + (this.ip6?.input.fragments.size ?? 0)
    const slow = this.datagrams.size + fragments > 0 ? this.#slowMs : undefined
    const ofGuests = earliest(this.tcp.nextMs, this.#awayMs)
    return earliest(earliest(ofGuests, slow), this.ip6?.router.nextMs)
  }

  /** The guest of an address, or undefined when there are too many. */
  neighbour(address: number): Neighbour | undefined {
    if (isIpv6(address)) return this.ip6?.neighbour(address)
    const { addresses, neighbours } = this
    if (!isRoutable(addresses, address)) return neighbours.getOrAdd(address)
    const via = neighbours.getOrAdd(addresses.router)
    return via && neighbours.routed(address, via)
  }

  /** An address as text → as it is here; undefined: IPv6, which is off. Throws on what is no address. */
  addressOf(text: string): number | undefined {
    return text.includes(':') ? this.ip6?.table.internBytes(parseIpv6(text)) || undefined : parseIpv4(text)
  }

  /** The same of 4 or 16 bytes; 0: there are too many. */
  addressOfBytes(bytes: Uint8Array): number {
    if (bytes.length === 16) return this.ip6?.table.internBytes(bytes) ?? 0
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0)
  }

  formatAddress(address: number): string {
    return isIpv6(address) ? (this.ip6?.table.text(address) ?? '::') : formatIpv4(address)
  }

  quoteOf(flow: QuotedFlow): Uint8Array {
    return isIpv6(flow.source) && this.ip6 !== undefined ? this.ip6.output.quoteOf(flow) : quoteOf(flow)
  }

  synUndelivered(quoted: QuotedSegment, from: Neighbour): void {
    this.tcp.synUndelivered(quoted, from)
  }

  packetTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void {
    this.tcp.segmentTooBig(quoted, from, mtu)
  }

  /** Our address of a guest's family. */
  gatewayFor(guestAddress: number): number {
    return isIpv6(guestAddress) ? (this.ip6?.own.gateway ?? 0) : this.addresses.gateway
  }

  resolve(neighbour: Neighbour): void {
    const asked = neighbour.via ?? neighbour
    if (isIpv6(asked.address)) this.ip6?.discovery.ask(this.links.links, asked, this.#nowMs)
    else askArp(this.links.links, asked, this.addresses.gateway, this.#nowMs)
  }

  /** Undefined refuses: the rules do not allow it, or nothing is there. */
  #dial(c: TcpConnection): HostStream | undefined {
    const { egress, addresses, host } = this
    const isJudged = egress.isActive && c.address !== addresses.gateway && !this.ip6?.isGateway(c.address)
    if (!isJudged) return host.dialTcp(c)
    if (egress.allows(protocol.tcp, c.address, c.port, this.#nowMs, c.guestAddress)) {
      const isByName = egress.isByName
      const stream = host.dialTcp(c)
      return isByName && stream !== undefined ? this.#named(c, stream) : stream
    }
    this.drops.denied += 1
    return undefined
  }

  /** Until the guest has said which name it means. */
  #named(c: TcpConnection, stream: HostStream): HostStream {
    const { egress } = this
    const flow = { address: c.address, port: c.port, guest: c.guestAddress }
    return new NamedStream(stream, {
      port: c.port,
      allows: (names, isHidden) => egress.allowsServer(flow, names, isHidden, this.#nowMs),
      refuses: (reason) => egress.refusesServer(flow, reason, this.#nowMs),
      decided: (behind) => {
        c.host = behind
      },
      refused: () => {
        this.drops.denied += 1
        this.#refused.push(c)
      },
    })
  }

  /** While a burst is handled the engine holds them in its hands. */
  #resetRefused(): void {
    if (this.#refused.length === 0) return
    for (const c of this.#refused.splice(0)) this.tcp.hostReset(c)
    this.tcp.endBurst()
  }

  #arp(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const sender = answerArp(packet.view, at, end, link, this.#owners.isOurIpv4)
    if (sender === undefined) this.drops.malformed += 1
    else if (sender.senderAddress !== 0)
      this.input.learn(sender.senderAddress, sender.senderHigh, sender.senderLow, link)
  }
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
