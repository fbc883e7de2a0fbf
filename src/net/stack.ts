/**
 * The forwarder without sockets and clock: frames from links go in, frames to links and actions on the host come
 * out. `endBurst` closes a batch of events; `advance` does what time asks for.
 */

import { type DropCounters, newDropCounters } from './counters.ts'
import { answerArp, askArp } from './ip/arp.ts'
import { Fragments } from './ip/fragments.ts'
import { type Neighbour, Neighbours } from './ip/neighbours.ts'
import type { Datagram } from './ip/output.ts'
import { IpOutput } from './ip/output.ts'
import { Pings } from './ip/pings.ts'
import { quoteOf } from './ip/quote.ts'
import type { FrameHandler } from './link/frames.ts'
import type { Link } from './link/link.ts'
import { type LinkAddresses, loopback } from './settings.ts'
import { Switch } from './switch.ts'
import type { TcpConnection } from './tcp/connection.ts'
import { tcpDefaults } from './tcp/context.ts'
import { TcpEngine } from './tcp/engine.ts'
import type { DialFailure, HostStream } from './tcp/host-stream.ts'
import { type AnswerClient, type UdpClient, UdpInbound } from './udp/inbound.ts'
import { type HostDatagram, type UdpFlow, UdpNat } from './udp/nat.ts'
import { sumOf } from './wire/checksum.ts'
import { ethernetHeaderBytes, etherType } from './wire/ethernet.ts'
import { icmpHeaderBytes, icmpType, timeExceeded, unreachable } from './wire/icmp.ts'
import { Ipv4Header, protocol } from './wire/ipv4.ts'
import type { PacketBuffer } from './wire/packet.ts'
import { udpEnd, udpHeaderBytes } from './wire/udp.ts'

export interface StackHost {
  /** Begins to reach what the guest's SYN is for; undefined: nothing is there. */
  dialTcp(connection: TcpConnection): HostStream | undefined
  openUdp(flow: UdpFlow): HostDatagram | undefined
  /** A datagram to a service of the gateway, or a DHCP broadcast; false: nothing listens at that port. */
  serveUdp(datagram: GatewayDatagram): boolean
  /** Whether an address is known to belong to another MAC. */
  /** Sends an echo request to the world; false: it cannot be. */
  sendEcho(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean
  isTaken(address: number, macHigh: number, macLow: number): boolean
  random32(): number
}

export interface IcmpFailure {
  type: number
  code: number
  /** Next-hop MTU for "fragmentation needed" (RFC 1191), else 0. */
  info: number
  /** Who says so. */
  source: number
}

export interface UdpFailure extends IcmpFailure {
  destination: number
  destinationPort: number
}

export interface GatewayDatagram extends Datagram {
  neighbour: Neighbour | undefined
  link: Link
  /** Valid during the call only. */
  payload: Uint8Array
}

const slowTickMs = 2000

export class Stack implements FrameHandler {
  readonly addresses: LinkAddresses
  readonly drops: DropCounters = newDropCounters()
  readonly neighbours: Neighbours = new Neighbours()
  readonly links: Switch = new Switch()
  readonly fragments: Fragments = new Fragments()
  readonly output: IpOutput
  readonly tcp: TcpEngine
  readonly udp: UdpNat
  readonly inbound: UdpInbound
  readonly pings: Pings = new Pings()
  readonly #host: StackHost
  readonly #header = new Ipv4Header()
  /** Where the frame at hand comes from. */
  #from!: Link
  #nowMs: number
  #slowMs: number

  constructor(addresses: LinkAddresses, host: StackHost, nowMs: number) {
    this.addresses = addresses
    this.#host = host
    this.#nowMs = nowMs
    this.#slowMs = nowMs + slowTickMs
    this.output = new IpOutput(addresses.mtu, host.random32())
    this.udp = new UdpNat((flow) => host.openUdp(flow), host.random32())
    this.inbound = new UdpInbound(host.random32())
    const around = {
      dial: (c: TcpConnection) => host.dialTcp(c),
      neighbour: (address: number) => this.neighbours.getOrAdd(address),
      resolve: (neighbour: Neighbour) => this.#resolve(neighbour),
      unreachable: (c: TcpConnection, failure: DialFailure) => this.#tellUnreachable(c, failure),
      random32: () => host.random32(),
    }
    this.tcp = new TcpEngine({ ...tcpDefaults, mtu: addresses.mtu }, around, nowMs)
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
  }

  /** Its flows wait for it to come back. */
  removeLink(link: Link): void {
    this.links.remove(link)
    this.neighbours.linkGone(link)
  }

  /** Whose frames come next. */
  set from(link: Link) {
    this.#from = link
  }

  frame(packet: PacketBuffer, at: number, end: number): void {
    const link = this.#from
    link.counters.framesIn += 1
    link.counters.bytesIn += end - at
    if (!this.links.pass(packet, at, end, link)) return
    switch (packet.view.getUint16(at + 12)) {
      case etherType.ipv4:
        this.#ipv4(packet, at, end, link)
        break
      case etherType.arp:
        this.#arp(packet, at + ethernetHeaderBytes, end, link)
        break
      default:
        this.drops.unknownProtocol += 1
    }
  }

  /** The end of a batch of frames or host events: what they ask for is done, and all links are flushed. */
  burstEnded(): void {
    this.tcp.endBurst()
    for (const link of this.links.links) link.flush()
  }

  /** A link has room again. */
  linkDrained(): void {
    this.tcp.linkReady()
    this.burstEnded()
  }

  advance(): void {
    this.tcp.advance()
    if (this.#nowMs >= this.#slowMs) {
      this.#slowMs = this.#nowMs + slowTickMs
      this.udp.expire(this.#nowMs)
      this.inbound.expire(this.#nowMs)
      this.fragments.expire(this.#nowMs)
    }
    this.burstEnded()
  }

  /** When `advance` is to be called next; undefined: not before something happens. */
  get nextMs(): number | undefined {
    const hasSlowWork = this.udp.size + this.inbound.size + this.fragments.size > 0
    const slow = hasSlowWork ? this.#slowMs : undefined
    const tcp = this.tcp.nextMs
    if (tcp === undefined || slow === undefined) return tcp ?? slow
    return Math.min(tcp, slow)
  }

  #arp(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const isOurs = (address: number) => address === this.addresses.gateway || address === this.addresses.host
    const sender = answerArp(packet.view, at, end, link, isOurs)
    if (sender === undefined) this.drops.malformed += 1
    else if (sender.senderAddress !== 0)
      this.#learn(sender.senderAddress, sender.senderHigh, sender.senderLow, link)
  }

  #resolve(neighbour: Neighbour): void {
    askArp(this.links.links, neighbour, this.addresses.gateway, this.#nowMs)
  }

  #ipv4(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const header = this.#header
    if (!header.parse(packet.view, at + ethernetHeaderBytes, end)) {
      this.drops.malformed += 1
      return
    }
    let from: Neighbour | undefined
    // 0.0.0.0 is what a DHCP client has; it gets no further than that.
    if (header.source !== 0) {
      from = this.#learn(header.source, packet.view.getUint16(at + 6), packet.view.getInt32(at + 8), link)
      if (from === undefined) return
    }
    if (header.hasMoreFragments || header.fragmentOffset > 0) {
      const whole = this.fragments.add(packet, header, this.#nowMs)
      if (whole === undefined || !header.parse(whole.view, 0, whole.bytes.length)) return
      this.#datagram(whole, from, link)
    } else this.#datagram(packet, from, link)
  }

  /** The neighbour that sends; undefined: the address is not its own. */
  #learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const known = this.neighbours.get(address)
    if (known?.link === link && known.macLow === macLow && known.macHigh === macHigh) return known
    const { subnet, gateway, host } = this.addresses
    const isForeign = (address & subnet.mask) !== subnet.network || address === subnet.broadcast
    if (
      isForeign ||
      address === gateway ||
      address === host ||
      this.#host.isTaken(address, macHigh, macLow)
    ) {
      this.drops.spoofed += 1
      return undefined
    }
    const neighbour = this.neighbours.getOrAdd(address)
    if (neighbour === undefined) return undefined
    neighbour.macHigh = macHigh
    neighbour.macLow = macLow
    neighbour.link = link
    this.tcp.linkReady()
    return neighbour
  }

  #datagram(packet: PacketBuffer, from: Neighbour | undefined, link: Link): void {
    const header = this.#header
    const { subnet, gateway, host } = this.addresses
    const { destination } = header
    const isBroadcast = destination === -1 || destination === subnet.broadcast
    if (from === undefined || isBroadcast) {
      if (header.protocol === protocol.udp) this.#gatewayUdp(packet, from, link)
      else this.drops.unroutable += 1
      return
    }
    const isOurs = destination === gateway || destination === host
    if (!isOurs && !this.#mayForward(packet, from, destination)) return
    switch (header.protocol) {
      case protocol.tcp:
        this.tcp.packetArrived(packet, header)
        break
      case protocol.udp:
        if (destination === gateway) this.#gatewayUdp(packet, from, link)
        else this.#udp(packet, from, destination)
        break
      case protocol.icmp:
        this.#icmp(packet, from, isOurs)
        break
      default:
        this.drops.unknownProtocol += 1
    }
  }

  #mayForward(packet: PacketBuffer, from: Neighbour, destination: number): boolean {
    const header = this.#header
    const { subnet, gateway } = this.addresses
    const first = destination >>> 24
    if (first === 0 || first === 127 || first >= 224) {
      this.drops.unroutable += 1
      return false
    }
    const quoted = packet.bytes.subarray(header.at, header.end)
    if ((destination & subnet.mask) === subnet.network) {
      this.drops.unroutable += 1
      this.output.icmpError(from, gateway, { type: icmpType.unreachable, code: unreachable.host }, quoted)
      return false
    }
    if (header.ttl <= 1) {
      this.drops.ttlExceeded += 1
      const error = { type: icmpType.timeExceeded, code: timeExceeded.inTransit }
      this.output.icmpError(from, gateway, error, quoted)
      return false
    }
    return true
  }

  #udp(packet: PacketBuffer, from: Neighbour, destination: number): void {
    const header = this.#header
    const { view } = packet
    const at = header.payloadAt
    const end = udpEnd(view, at, header.end)
    if (end < 0) {
      this.drops.malformed += 1
      return
    }
    const port = view.getUint16(at + 2)
    const flow = this.udp.flow(from, view.getUint16(at), port, this.#nowMs)
    if (flow?.socket === undefined || port === 0) return
    flow.bytesFromGuest += end - at - udpHeaderBytes
    const address = destination === this.addresses.host ? loopback : destination
    flow.socket.send(packet.bytes, at + udpHeaderBytes, end, address, port, header.ttl - 1)
  }

  /** A datagram from the host to the guest whose flow it is. */
  udpReceived(flow: UdpFlow, bytes: Uint8Array, address: number, port: number): void {
    if (flow.socket === undefined) return
    this.udp.received(flow, this.#nowMs)
    flow.bytesToGuest += bytes.length
    const source = this.#asGuestKnows(address)
    const destination = flow.neighbour.address
    const datagram = { source, sourcePort: port, destination, destinationPort: flow.guestPort }
    this.output.udp(flow.neighbour, datagram, bytes, 0, bytes.length)
  }

  /** What the host's loopback sends comes from the address by which the guest knows it. */
  #asGuestKnows(address: number): number {
    return address >>> 24 === 127 ? this.addresses.host : address
  }

  /** A new client of a mapped UDP port; undefined: no such guest can be. */
  openUdpClient(
    guestAddress: number,
    port: number,
    handlers: { answer: AnswerClient; onGone: () => void },
  ): UdpClient | undefined {
    const neighbour = this.neighbours.getOrAdd(guestAddress)
    return neighbour && this.inbound.open(neighbour, port, handlers, this.#nowMs)
  }

  udpFromClient(client: UdpClient, bytes: Uint8Array): void {
    const { neighbour, gatewayPort, guestPort } = client
    this.inbound.use(client, this.#nowMs)
    // The datagram is lost until the guest is known, as everywhere.
    if (neighbour.link === undefined) this.#resolve(neighbour)
    const from = { source: this.addresses.gateway, sourcePort: gatewayPort }
    const to = { destination: neighbour.address, destinationPort: guestPort }
    this.output.udp(neighbour, { ...from, ...to }, bytes, 0, bytes.length)
  }

  /** Somebody on the way, or the host, says that a datagram of the flow did not get where it was sent. */
  udpFailed(flow: UdpFlow, { destination: address, destinationPort: port, ...said }: UdpFailure): void {
    const destination = this.#asGuestKnows(address)
    const quoted = quoteOf({
      protocol: protocol.udp,
      source: flow.neighbour.address,
      sourcePort: flow.guestPort,
      destination,
      destinationPort: port,
      word: udpHeaderBytes << 16,
    })
    const error = { type: said.type, code: said.code, rest: said.info & 0xffff }
    this.output.icmpError(flow.neighbour, this.#asGuestKnows(said.source), error, quoted)
  }

  #gatewayUdp(packet: PacketBuffer, from: Neighbour | undefined, link: Link): void {
    const header = this.#header
    const { view, bytes } = packet
    const at = header.payloadAt
    const end = udpEnd(view, at, header.end)
    if (end < 0) {
      this.drops.malformed += 1
      return
    }
    const sourcePort = view.getUint16(at)
    const destinationPort = view.getUint16(at + 2)
    const { source, destination } = header
    const client = this.inbound.find(source, sourcePort, destinationPort)
    if (client !== undefined) {
      this.inbound.use(client, this.#nowMs)
      client.answer(bytes, at + udpHeaderBytes, end)
      return
    }
    const payload = bytes.subarray(at + udpHeaderBytes, end)
    const datagram = { neighbour: from, link, source, sourcePort, destination, destinationPort, payload }
    if (this.#host.serveUdp(datagram) || from === undefined || destination !== this.addresses.gateway) return
    const error = { type: icmpType.unreachable, code: unreachable.port }
    this.output.icmpError(from, destination, error, bytes.subarray(header.at, header.end))
  }

  #icmp(packet: PacketBuffer, from: Neighbour, isOurs: boolean): void {
    const { payloadAt: at, at: headerAt, end, destination, ttl } = this.#header
    const { view, bytes } = packet
    if (end - at < icmpHeaderBytes || sumOf(view, at, end - at) !== 0xffff) {
      this.drops.malformed += 1
      return
    }
    if (view.getUint8(at) !== icmpType.echo) return
    const rest = view.getInt32(at + 4)
    const payload = bytes.subarray(at + icmpHeaderBytes, end)
    if (isOurs) {
      this.output.icmp(from, destination, { type: icmpType.echoReply, code: 0, rest }, payload)
      return
    }
    const quoted = bytes.slice(headerAt, at + icmpHeaderBytes)
    const sequence = this.pings.add({ neighbour: from, rest, destination, quoted, sentMs: this.#nowMs })
    if (this.#host.sendEcho(destination, ttl - 1, sequence, payload)) return
    this.pings.take(sequence)
    const error = { type: icmpType.unreachable, code: unreachable.prohibited }
    this.output.icmpError(from, this.addresses.gateway, error, quoted)
  }

  /** An answer from the world to a ping of a guest. */
  echoReplied(sequence: number, payload: Uint8Array): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    const reply = { type: icmpType.echoReply, code: 0, rest: ping.rest }
    this.output.icmp(ping.neighbour, ping.destination, reply, payload)
  }

  /** A router on the way, or the host, says that a ping did not get there. */
  echoFailed(sequence: number, { type, code, info, source }: IcmpFailure): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    this.output.icmpError(ping.neighbour, source, { type, code, rest: info & 0xffff }, ping.quoted)
  }

  #tellUnreachable(c: TcpConnection, failure: DialFailure): void {
    const quoted = quoteOf({
      protocol: protocol.tcp,
      source: c.guestAddress,
      sourcePort: c.guestPort,
      destination: c.address,
      destinationPort: c.port,
      word: (c.receiveNext - 1) | 0,
    })
    const error = { type: icmpType.unreachable, code: unreachableCode(failure) }
    this.output.icmpError(c.neighbour, this.addresses.gateway, error, quoted)
  }
}

function unreachableCode(failure: DialFailure): number {
  switch (failure) {
    case 'network-unreachable':
      return unreachable.network
    case 'prohibited':
      return unreachable.prohibited
    default:
      return unreachable.host
  }
}
