/** IPv6 from guests: validates, reassembles, learns the sender, and dispatches by protocol. */
import type { AddressTable } from '../core/address-table.ts'
import { isHeldBy, type Neighbour } from '../core/neighbours.ts'
import { type FragmentFamily, Fragments } from '../ip/fragments.ts'
import type { IpLayer } from '../ip/layer.ts'
import { found, type Transports } from '../ip/transports.ts'
import type { Link } from '../link/link.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'
import { icmp6Type, reassemblyTimeExceeded, unreachable6 } from '../wire/icmp6.ts'
import { destinationAt, Ipv6Header, ipv6HeaderBytes, problem, protocol6, sourceAt } from '../wire/ipv6.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { isChecksumRight6 } from '../wire/transport-checksum.ts'
import { isIcmp6Error } from './icmp.ts'
import type { Ipv6Parts } from './parts.ts'

const ipv6Fragments: FragmentFamily = {
  headerBytes: ipv6HeaderBytes,
  protocolAt: 6,
  maxPayloadBytes: 65_535,
  finish: (view, payloadBytes) => view.setUint16(4, payloadBytes),
}

export class Ipv6Input {
  readonly fragments: Fragments = new Fragments(ipv6Fragments, this.#timedOut.bind(this))
  readonly #layer: IpLayer
  readonly #transports: Transports
  readonly #ip6: Ipv6Parts
  readonly #table: AddressTable
  readonly #header = new Ipv6Header()

  constructor(layer: IpLayer, transports: Transports, ip6: Ipv6Parts) {
    this.#layer = layer
    this.#transports = transports
    this.#ip6 = ip6
    this.#table = ip6.table
  }

  /** Processes the frame from `at` to `end`. */
  arrived(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const header = this.#header
    const { drops } = this.#layer
    const ip = at + ethernetHeaderBytes
    const isSound = header.parse(packet.view, ip, end)
    if (!isSound && header.problem < 0) {
      drops.malformed += 1
      return
    }
    const source = this.#table.intern(packet.view, ip + sourceAt)
    const destination = this.#table.intern(packet.view, ip + destinationAt)
    header.source = source
    header.destination = destination
    let from: Neighbour | undefined
    // Senders without an address perform duplicate address detection or solicit routers.
    if (source !== this.#ip6.own.unspecified) {
      from = this.learn(source, header, packet, link)
      if (from === undefined) return
    }
    if (!isSound) {
      drops.malformed += 1
      if (from !== undefined) this.#parameterProblem(packet, from)
      return
    }
    if (header.isFragment) {
      const whole = from && this.fragments.add(packet, header, this.#layer.nowMs)
      if (whole === undefined) return
      if (!header.parse(whole.view, 0, whole.bytes.length) || header.isFragment) {
        drops.malformed += 1
        return
      }
      header.source = source
      header.destination = destination
      whole.isVerified = packet.isVerified
      this.#datagram(whole, from, link)
    } else this.#datagram(packet, from, link)
  }

  /** The neighbour with this address and the frame's MAC; undefined: the address is not the sender's. */
  learn(address: number, header: Ipv6Header, packet: PacketBuffer, link: Link): Neighbour | undefined {
    const { drops } = this.#layer
    const { neighbours } = this.#ip6
    const frame = header.at - ethernetHeaderBytes
    const macHigh = packet.view.getUint16(frame + 6)
    const macLow = packet.view.getInt32(frame + 8)
    const known = neighbours.get(address)
    if (known?.link === link && known.macLow === macLow && known.macHigh === macHigh) return known
    const isOthers = known !== undefined && isHeldBy(known, link)
    if (isOthers || address === 0 || !this.#ip6.mayBeGuest(address)) {
      drops.spoofed += 1
      return undefined
    }
    const isBack = known !== undefined && known.link === undefined
    const neighbour = neighbours.learn(address, macHigh, macLow, link)
    if (neighbour === undefined) return undefined
    this.#transports.tcp.linkReady()
    found(this.#transports, neighbour, isBack)
    return neighbour
  }

  #datagram(packet: PacketBuffer, from: Neighbour | undefined, link: Link): void {
    const header = this.#header
    const { tcp, datagrams } = this.#transports
    const { drops } = this.#layer
    const { own } = this.#ip6
    const { destination } = header
    if (!isChecksumRight6(packet, header)) {
      drops.checksum += 1
      return
    }
    const isGroup = packet.view.getUint8(header.at + destinationAt) === 0xff
    const isOurs = isGroup || this.#ip6.isOurs(destination)
    if (header.protocol === protocol6.icmp && (from === undefined || isOurs)) {
      this.#ip6.icmpArrived(packet, header, from, link, isOurs)
      return
    }
    if (from === undefined || (isGroup && destination !== own.dhcpServers) || destination === 0) {
      drops.unroutable += 1
      return
    }
    if (!isOurs && !this.#mayForward(packet, from)) return
    switch (header.protocol) {
      case protocol6.tcp:
        if (!isGroup) tcp.packetArrived(packet, header)
        break
      case protocol6.udp:
        // The checksum is mandatory over IPv6 (RFC 8200 section 8.1).
        if (header.end - header.payloadAt < 8 || packet.view.getUint16(header.payloadAt + 6) === 0) {
          drops.malformed += 1
        } else if (isOurs && destination !== own.host) {
          datagrams.arrivedAtGateway(packet, header, from, link)
        } else datagrams.arrived(packet, header, from)
        break
      case protocol6.icmp:
        this.#ip6.icmpArrived(packet, header, from, link, false)
        break
      default:
        drops.unknownProtocol += 1
        header.problem = problem.nextHeader
        header.problemAt = header.protocolAt
        if (header.protocol !== protocol6.none) this.#parameterProblem(packet, from)
    }
  }

  /** RFC 8200 section 4.5. */
  #timedOut(source: number, destination: number, packet: Uint8Array): void {
    const { neighbours, table } = this.#ip6
    const to = neighbours.get(source)
    if (to === undefined || table.bytes(destination)[0] === 0xff) return
    this.#ip6.limitedError(to, { type: icmp6Type.timeExceeded, code: reassemblyTimeExceeded }, packet)
  }

  #mayForward(packet: PacketBuffer, from: Neighbour): boolean {
    const header = this.#header
    const { drops } = this.#layer
    const reach = reachOf(packet.view, header.at + destinationAt)
    const isFromLink = packet.view.getUint16(header.at + sourceAt) >> 6 === linkLocalTop
    const isInside = this.#ip6.isInside(packet.view, header.at + destinationAt)
    if (!isInside && reach === 'global' && !isFromLink && header.ttl > 1) return true
    if (reach === 'global' && !isInside && !isFromLink) drops.ttlExceeded += 1
    else drops.unroutable += 1
    // RFC 4443 section 2.4 (e): never send an error about an error.
    const isError = header.protocol === protocol6.icmp && isIcmp6Error(packet.view.getUint8(header.payloadAt))
    if (reach === 'nowhere' || isError) return false
    const quoted = packet.bytes.subarray(header.at, header.end)
    const ip6 = this.#ip6
    if (isInside) ip6.limitedError(from, { type: icmp6Type.unreachable, code: unreachable6.address }, quoted)
    else if (isFromLink) ip6.limitedError(from, { type: icmp6Type.unreachable, code: beyondScope }, quoted)
    else ip6.limitedError(from, { type: icmp6Type.timeExceeded, code: 0 }, quoted)
    return false
  }

  #parameterProblem(packet: PacketBuffer, from: Neighbour): void {
    const header = this.#header
    const isGroup = packet.view.getUint8(header.at + destinationAt) === 0xff
    // RFC 4443 section 2.4 (e.3): for packets to a multicast group, only options may be reported.
    if (isGroup && header.problem !== problem.option) return
    const error = { type: icmp6Type.parameterProblem, code: header.problem, rest: header.problemAt }
    this.#ip6.limitedError(from, error, packet.bytes.subarray(header.at, header.end))
  }
}

/** RFC 4443 section 3.1: "beyond scope of source address". */
const beyondScope = 2
/** First ten bits of fe80::/10. */
const linkLocalTop = 0xfe80 >> 6

/**
 * Scope of a destination. `nowhere`: link-local addresses, which routers do not forward; `::`, `::1` and embedded
 * IPv4 (`::ffff:0:0/96`, `::/96`), which the host's sockets would treat as other destinations.
 */
function reachOf(view: DataView, at: number): 'global' | 'nowhere' {
  if (view.getUint16(at) >> 6 === linkLocalTop) return 'nowhere'
  const isLow = view.getInt32(at) === 0 && view.getInt32(at + 4) === 0
  const third = view.getInt32(at + 8)
  return isLow && (third === 0 || third === 0xffff) ? 'nowhere' : 'global'
}
