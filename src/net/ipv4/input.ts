/** IPv4 from guests: validates, reassembles, learns the sender, and dispatches by protocol. */
import { isHeldBy, type Neighbour, type Neighbours } from '../core/neighbours.ts'
import { mayBeGuest } from '../core/settings.ts'
import { Fragments, ipv4Fragments } from '../ip/fragments.ts'
import type { IpLayer } from '../ip/layer.ts'
import { found, type Transports } from '../ip/transports.ts'
import type { Link } from '../link/link.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'
import { icmpType, timeExceeded, unreachable } from '../wire/icmp.ts'
import { Ipv4Header, protocol } from '../wire/ipv4.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { isChecksumRight } from '../wire/transport-checksum.ts'
import type { Icmp } from './icmp.ts'
import type { Ipv4Output } from './output.ts'

/** Parts of IPv4 that the input uses. */
interface Ipv4Parts {
  readonly neighbours: Neighbours
  readonly output: Ipv4Output
  readonly icmp: Icmp
}

export class Ipv4Input {
  readonly fragments: Fragments = new Fragments(ipv4Fragments, this.#timedOut.bind(this))
  readonly #layer: IpLayer
  readonly #transports: Transports
  readonly #ipv4: Ipv4Parts
  readonly #header = new Ipv4Header()

  constructor(layer: IpLayer, transports: Transports, ipv4: Ipv4Parts) {
    this.#layer = layer
    this.#transports = transports
    this.#ipv4 = ipv4
  }

  /** Processes the frame from `at` to `end`. */
  arrived(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const header = this.#header
    const layer = this.#layer
    if (!header.parse(packet.view, at + ethernetHeaderBytes, end, packet.isVerified)) {
      layer.drops.malformed += 1
      return
    }
    let from: Neighbour | undefined
    // 0.0.0.0 is the source of a DHCP client, and valid for DHCP only.
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

  /** The neighbour with this address; undefined: the address is not the sender's. */
  learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const { addresses, host, drops } = this.#layer
    const { neighbours } = this.#ipv4
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
    this.#transports.tcp.linkReady()
    found(this.#transports, neighbour, isBack)
    return neighbour
  }

  #datagram(packet: PacketBuffer, from: Neighbour | undefined, link: Link): void {
    const header = this.#header
    const { tcp, datagrams } = this.#transports
    const { icmp, output } = this.#ipv4
    const { addresses, drops } = this.#layer
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
    const { addresses } = this.#layer
    const { neighbours, output } = this.#ipv4
    const to = neighbours.get(source)
    const isToOne = destination >>> 24 < 224 && destination !== addresses.subnet.broadcast
    if (to === undefined || !isToOne) return
    // The quoted header has no options.
    packet[0] = 0x45
    const error = { type: icmpType.timeExceeded, code: timeExceeded.reassembly }
    output.icmpError(to, addresses.gateway, error, packet)
  }

  #mayForward(packet: PacketBuffer, from: Neighbour, destination: number): boolean {
    const header = this.#header
    const { addresses, drops } = this.#layer
    const { output } = this.#ipv4
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
