/** IPv4 from guests: checked, reassembled, its sender learned, and given to whoever it is for. */
import { isHeldBy, type Neighbour } from '../core/neighbours.ts'
import { mayBeGuest } from '../core/settings.ts'
import { Fragments, ipv4Fragments } from '../ip/fragments.ts'
import type { IpLayer } from '../ip/layer.ts'
import type { Link } from '../link/link.ts'
import type { TcpEngine } from '../tcp/engine.ts'
import type { Datagrams } from '../udp/datagrams.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'
import { icmpType, timeExceeded, unreachable } from '../wire/icmp.ts'
import { Ipv4Header, protocol } from '../wire/ipv4.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { isChecksumRight } from '../wire/transport-checksum.ts'
import type { Icmp } from './icmp.ts'

export interface Upwards {
  readonly tcp: TcpEngine
  readonly icmp: Icmp
  readonly datagrams: Datagrams
}

/** It is known where a guest is, and with it where those are that it routes to. */
export function found(up: Upwards, neighbour: Neighbour, isBack: boolean): void {
  if (isBack) up.tcp.guestIsBack(neighbour)
  up.datagrams.resolved(neighbour)
  if (neighbour.behind === undefined) return
  for (const routed of neighbour.behind.values()) found(up, routed, isBack)
}

export class IpInput {
  readonly fragments: Fragments = new Fragments(ipv4Fragments, this.#timedOut.bind(this))
  readonly #layer: IpLayer
  readonly #up: Upwards
  readonly #header = new Ipv4Header()

  constructor(layer: IpLayer, up: Upwards) {
    this.#layer = layer
    this.#up = up
  }

  /** The frame from `at` to `end`. */
  arrived(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const header = this.#header
    const layer = this.#layer
    if (!header.parse(packet.view, at + ethernetHeaderBytes, end, packet.isVerified)) {
      layer.drops.malformed += 1
      return
    }
    let from: Neighbour | undefined
    // 0.0.0.0 is what a DHCP client has; it gets no further than that.
    if (header.source !== 0) {
      from = this.learn(header.source, packet.view.getUint16(at + 6), packet.view.getInt32(at + 8), link)
      if (from === undefined) return
    }
    if (header.hasMoreFragments || header.fragmentOffset > 0) {
      const whole = this.fragments.add(packet, header, layer.nowMs)
      if (whole === undefined || !header.parse(whole.view, 0, whole.bytes.length)) return
      whole.isVerified = packet.isVerified
      this.#datagram(whole, from, link)
    } else this.#datagram(packet, from, link)
  }

  /** The neighbour that sends; undefined: the address is not its own. */
  learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const { neighbours, addresses, host, drops } = this.#layer
    const known = neighbours.get(address)
    if (known?.link === link && known.macLow === macLow && known.macHigh === macHigh) return known
    const isOthers = known !== undefined && isHeldBy(known, link)
    if (isOthers || !mayBeGuest(addresses, address) || host.isTaken(address, macHigh, macLow)) {
      drops.spoofed += 1
      return undefined
    }
    const isBack = known !== undefined && known.link === undefined
    const neighbour = neighbours.learn(address, macHigh, macLow, link)
    if (neighbour === undefined) {
      drops.crowded += 1
      return undefined
    }
    this.#up.tcp.linkReady()
    found(this.#up, neighbour, isBack)
    return neighbour
  }

  #datagram(packet: PacketBuffer, from: Neighbour | undefined, link: Link): void {
    const header = this.#header
    const { tcp, icmp, datagrams } = this.#up
    const { addresses, drops, output } = this.#layer
    const { subnet, gateway, host } = addresses
    const { destination } = header
    if (!isChecksumRight(packet, header)) {
      drops.checksum += 1
      return
    }
    const isBroadcast = destination === -1 || destination === subnet.broadcast
    if (from === undefined || isBroadcast) {
      if (header.protocol === protocol.udp) datagrams.arrivedAtGateway(packet, header, from, link)
      else drops.unroutable += 1
      return
    }
    const isOurs = destination === gateway || destination === host
    if (!isOurs && !this.#mayForward(packet, from, destination)) return
    switch (header.protocol) {
      case protocol.tcp:
        tcp.packetArrived(packet, header)
        break
      case protocol.udp:
        if (destination === gateway) datagrams.arrivedAtGateway(packet, header, from, link)
        else datagrams.arrived(packet, header, from)
        break
      case protocol.icmp:
        icmp.arrived(packet, header, from, isOurs)
        break
      default: {
        drops.unknownProtocol += 1
        const error = { type: icmpType.unreachable, code: unreachable.protocol }
        const quoted = packet.bytes.subarray(header.at, header.end)
        output.icmpError(from, isOurs ? destination : gateway, error, quoted)
      }
    }
  }

  /** RFC 1122 section 3.3.2. */
  #timedOut(source: number, destination: number, packet: Uint8Array): void {
    const { addresses, neighbours, output } = this.#layer
    const to = neighbours.get(source)
    const isToOne = destination >>> 24 < 224 && destination !== addresses.subnet.broadcast
    if (to === undefined || !isToOne) return
    // The options are not there any more.
    packet[0] = 0x45
    const error = { type: icmpType.timeExceeded, code: timeExceeded.reassembly }
    output.icmpError(to, addresses.gateway, error, packet)
  }

  #mayForward(packet: PacketBuffer, from: Neighbour, destination: number): boolean {
    const header = this.#header
    const { addresses, drops, output } = this.#layer
    const { subnet, gateway } = addresses
    const first = destination >>> 24
    if (first === 0 || first === 127 || first >= 224) {
      drops.unroutable += 1
      return false
    }
    const quoted = packet.bytes.subarray(header.at, header.end)
    if ((destination & subnet.mask) === subnet.network) {
      drops.unroutable += 1
      output.icmpError(from, gateway, { type: icmpType.unreachable, code: unreachable.host }, quoted)
      return false
    }
    if (header.ttl <= 1) {
      drops.ttlExceeded += 1
      const error = { type: icmpType.timeExceeded, code: timeExceeded.inTransit }
      output.icmpError(from, gateway, error, quoted)
      return false
    }
    return true
  }
}
