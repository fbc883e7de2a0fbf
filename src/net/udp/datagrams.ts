/** UDP between guests and external hosts (through the NAT), gateway services and mapped ports. */
import type { UdpFailure } from '../core/failure.ts'
import type { GatewayDatagram, HostDatagram } from '../core/host-datagram.ts'
import type { IpHeader } from '../core/ip-header.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { IpLayer } from '../ip/layer.ts'
import type { Link } from '../link/link.ts'
import { protocol } from '../wire/ipv4.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Datagram } from '../wire/udp.ts'
import { udpEnd, udpHeaderBytes } from '../wire/udp.ts'
import { type AnswerClient, type UdpClient, UdpInbound } from './inbound.ts'
import { type UdpFlow, UdpNat } from './nat.ts'
import { ResolutionQueue } from './resolution-queue.ts'

const nothing = new Uint8Array()

/** Host functions that UDP needs. */
export interface UdpHost {
  /** Undefined without free file descriptors. */
  openUdp(flow: UdpFlow): HostDatagram | undefined
  /** A datagram to a gateway service, or a DHCP broadcast; returns false if no service uses that port. */
  serveUdp(datagram: GatewayDatagram): boolean
  random32(): number
}

export class Datagrams {
  readonly nat: UdpNat
  readonly inbound: UdpInbound
  readonly #layer: IpLayer
  readonly #host: UdpHost
  readonly #unresolved = new ResolutionQueue()
  /** Reused for each datagram. */
  readonly #addresses: Datagram = { source: 0, sourcePort: 0, destination: 0, destinationPort: 0 }

  constructor(layer: IpLayer, host: UdpHost) {
    this.#layer = layer
    this.#host = host
    this.nat = new UdpNat((flow) => host.openUdp(flow), host.random32())
    this.inbound = new UdpInbound(host.random32())
  }

  /** Forwards a datagram from a guest to an external address or to the host. */
  arrived(packet: PacketBuffer, header: IpHeader, from: Neighbour): void {
    const { drops, egress, nowMs } = this.#layer
    const { view } = packet
    const { payloadAt: at, destination } = header
    const end = udpEnd(view, at, header.end)
    if (end < 0) {
      drops.malformed += 1
      return
    }
    const port = view.getUint16(at + 2)
    if (port === 0) {
      drops.ignored += 1
      return
    }
    if (egress.isActive && !egress.allows(protocol.udp, destination, port, nowMs, from.address)) {
      drops.denied += 1
      this.#layer.family(from.address).prohibited(from, packet.bytes.subarray(header.at, header.end))
      return
    }
    const flow = this.nat.flow(from, view.getUint16(at), port, nowMs)
    if (flow?.socket === undefined) return
    flow.remotes.sentTo(destination, port)
    flow.bytesFromGuest += end - at - udpHeaderBytes
    flow.socket.send(
      packet.bytes,
      at + udpHeaderBytes,
      end,
      this.#layer.family(destination).onHost(destination),
      port,
      header.ttl - 1,
    )
  }

  /** Processes a datagram to the gateway, or a broadcast. */
  arrivedAtGateway(packet: PacketBuffer, header: IpHeader, from: Neighbour | undefined, link: Link): void {
    const { drops, nowMs } = this.#layer
    const { view, bytes } = packet
    const at = header.payloadAt
    const end = udpEnd(view, at, header.end)
    if (end < 0) {
      drops.malformed += 1
      return
    }
    const sourcePort = view.getUint16(at)
    const destinationPort = view.getUint16(at + 2)
    const { source, destination } = header
    const client = this.inbound.find(source, sourcePort, destinationPort)
    if (client !== undefined) {
      this.inbound.use(client, nowMs)
      client.answer(bytes, at + udpHeaderBytes, end)
      return
    }
    const payload = bytes.subarray(at + udpHeaderBytes, end)
    const datagram = { neighbour: from, link, source, sourcePort, destination, destinationPort, payload }
    if (this.#host.serveUdp(datagram)) return
    const family = this.#layer.family(destination)
    if (from === undefined || !family.isGateway(destination)) drops.ignored += 1
    else family.portUnreachable(from, destination, bytes.subarray(header.at, header.end))
  }

  /** A datagram from a host socket to the guest of its flow. */
  received(
    flow: UdpFlow,
    from: { address: number; port: number },
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (flow.socket === undefined) return
    this.nat.received(flow, this.#layer.nowMs)
    if (flow.neighbour.link === undefined) {
      this.#layer.drops.unroutable += 1
      return
    }
    flow.bytesToGuest += end - start
    const addresses = this.#addresses
    addresses.source = this.#layer.family(from.address).asGuestKnows(from.address)
    addresses.sourcePort = from.port
    addresses.destination = flow.neighbour.address
    addresses.destinationPort = flow.guestPort
    this.#layer.family(flow.neighbour.address).udp(flow.neighbour, addresses, bytes, start, end)
  }

  /** A router or the host reports that a datagram of the flow was not delivered. */
  failed(flow: UdpFlow, failure: UdpFailure): void {
    const { destination: address, destinationPort: port, datagram: payload = nothing, ...error } = failure
    const layer = this.#layer
    const family = layer.family(flow.neighbour.address)
    const quoted = family.quoteOf({
      protocol: protocol.udp,
      source: flow.neighbour.address,
      sourcePort: flow.guestPort,
      destination: layer.family(address).asGuestKnows(address),
      destinationPort: port,
      word: (udpHeaderBytes + payload.length) << 16,
      payload,
    })
    const message = { type: error.type, code: error.code, rest: error.info & 0xffff }
    const source = layer.family(error.source).asGuestKnows(error.source)
    family.icmpError(flow.neighbour, source, message, quoted)
  }

  /** Adds a client of a mapped UDP port; undefined if no guest can have the address. */
  openClient(
    guestAddress: number,
    port: number,
    handlers: { answer: AnswerClient; onGone: () => void },
  ): UdpClient | undefined {
    const neighbour = this.#layer.family(guestAddress).neighbour(guestAddress)
    return neighbour && this.inbound.open(neighbour, port, handlers, this.#layer.nowMs)
  }

  fromClient(client: UdpClient, bytes: Uint8Array, start: number, end: number): void {
    const { nowMs, drops } = this.#layer
    this.inbound.use(client, nowMs)
    if (client.neighbour.link === undefined) {
      this.#layer.resolve(client.neighbour)
      drops.unroutable += this.#unresolved.add(client, bytes.subarray(start, end), nowMs)
    } else this.#toGuest(client, bytes, start, end)
  }

  /** Sends the queued datagrams of a guest whose MAC and link are now known. */
  resolved(neighbour: Neighbour): void {
    const { drops, nowMs } = this.#layer
    drops.unroutable += this.#unresolved.expire(nowMs)
    this.#unresolved.release(neighbour, (client, bytes) => {
      if (client.isOpen) this.#toGuest(client, bytes, 0, bytes.length)
    })
  }

  #toGuest(client: UdpClient, bytes: Uint8Array, start: number, end: number): void {
    const { neighbour } = client
    const family = this.#layer.family(neighbour.address)
    const addresses = this.#addresses
    addresses.source = family.gateway
    addresses.sourcePort = client.gatewayPort
    addresses.destination = neighbour.address
    addresses.destinationPort = client.guestPort
    family.udp(neighbour, addresses, bytes, start, end)
  }

  /** Guest addresses of all flows. */
  *guestAddresses(): Generator<number> {
    for (const { neighbour } of this.nat.flows()) yield neighbour.address
    for (const { neighbour } of this.inbound.clients()) yield neighbour.address
  }

  expire(nowMs: number): void {
    this.nat.expire(nowMs)
    this.inbound.expire(nowMs)
    this.#layer.drops.unroutable += this.#unresolved.expire(nowMs)
    // Repeat the resolution: the request may have been lost, or the guest's link was not connected yet.
    for (const neighbour of this.#unresolved.neighbours()) this.#layer.resolve(neighbour)
  }

  *remoteAddresses(): Generator<number> {
    for (const { remotes } of this.nat.flows()) yield remotes.lastAddress
  }

  /** Number of entries that may expire. */
  get size(): number {
    return this.nat.size + this.inbound.size + this.#unresolved.size
  }
}
