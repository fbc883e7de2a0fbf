/** ICMPv6 with guests: echo, neighbour discovery, pings to external hosts, and delivery failures. */
import type { AddressTable } from '../core/address-table.ts'
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import { isSameStation, type Neighbour } from '../core/neighbours.ts'
import type { FailedDial } from '../ip/family.ts'
import type { IpLayer } from '../ip/layer.ts'
import { Pings } from '../ip/pings.ts'
import { quotedBytes, readQuotedTcp } from '../ip/quote.ts'
import type { Link } from '../link/link.ts'
import { ethernetHeaderBytes } from '../wire/ethernet.ts'
import { firstInformational, icmp6HeaderBytes, icmp6Type, isIcmp6Sound, unreachable6 } from '../wire/icmp6.ts'
import { protocol } from '../wire/ipv4.ts'
import { type Ipv6Header, ipv6HeaderBytes, protocol6 } from '../wire/ipv6.ts'
import { findOption, ndpOption, optionsAt, targetAt } from '../wire/ndp.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { ndpHopLimit } from './output.ts'
import type { Ipv6Parts } from './parts.ts'

/** RFC 4443 section 2.4 (f): errors are rate-limited, so that they cannot be used for flooding. */
const errorsPerSecond = 1000
const errorBurst = 200

export class Icmp6 {
  readonly pings: Pings = new Pings()
  readonly #layer: IpLayer
  readonly #ip6: Ipv6Parts
  readonly #table: AddressTable
  #tokens = errorBurst
  #filledMs = Number.NEGATIVE_INFINITY

  constructor(layer: IpLayer, ip6: Ipv6Parts) {
    this.#layer = layer
    this.#ip6 = ip6
    this.#table = ip6.table
  }

  /**
   * A message from a guest. `from` is undefined if the guest has no address yet; `isOurs` includes our multicast
   * groups.
   */
  arrived(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour | undefined,
    link: Link,
    isOurs: boolean,
  ): void {
    const { payloadAt: at, end } = header
    const { view, bytes } = packet
    const isSound = end - at >= icmp6HeaderBytes && isIcmp6Sound(view, header.at, at, end)
    if (!isSound) {
      this.#layer.drops.malformed += 1
      return
    }
    const type = view.getUint8(at)
    switch (type) {
      case icmp6Type.echo: {
        const payload = bytes.subarray(at + icmp6HeaderBytes, end)
        if (from !== undefined) this.#echo(packet, header, from, isOurs, payload)
        break
      }
      case icmp6Type.unreachable:
      case icmp6Type.packetTooBig:
        if (from !== undefined) this.#undelivered(view, at, end, from, type)
        break
      case icmp6Type.routerSolicitation:
      case icmp6Type.neighbourSolicitation:
      case icmp6Type.neighbourAdvertisement:
        if (isOurs) this.#discovery(packet, header, from, link, type)
        break
      default:
        // Other errors about our packets are ignored, because the loss itself is detected. Multicast listener
        // reports are for real routers.
        this.#layer.drops.ignored += 1
    }
  }

  /** Sends an error about a packet of the guest, unless the rate limit is reached. */
  error(to: Neighbour, error: { type: number; code: number; rest?: number }, quoted: Uint8Array): void {
    const { nowMs } = this.#layer
    const refill = ((nowMs - this.#filledMs) * errorsPerSecond) / 1000
    this.#tokens = Math.min(errorBurst, this.#tokens + refill)
    this.#filledMs = nowMs
    if (this.#tokens < 1) return
    this.#tokens -= 1
    this.#ip6.output.icmpError(to, this.#ip6.speakerFor(to), error, quoted)
  }

  /** Forwards an echo reply from an external host to the guest. */
  echoReplied(sequence: number, payload: Uint8Array): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    const reply = { type: icmp6Type.echoReply, code: 0, rest: ping.rest }
    this.#ip6.output.icmp(ping.neighbour, ping.destination, reply, payload)
  }

  /** A router or the host reports that a ping was not delivered. */
  echoFailed(sequence: number, { type, code, info, source }: IcmpFailure): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    this.#ip6.output.icmpError(
      ping.neighbour,
      this.#ip6.asGuestKnows(source),
      { type, code, rest: info },
      ping.quoted,
    )
  }

  /** Reports to the guest that a connection failed. */
  dialFailed(c: FailedDial, failure: DialFailure | IcmpFailure): void {
    const quoted = this.#ip6.output.quoteOf({
      protocol: protocol6.tcp,
      source: c.guestAddress,
      sourcePort: c.guestPort,
      destination: c.address,
      destinationPort: c.port,
      word: (c.receiveNext - 1) | 0,
    })
    if (typeof failure === 'object') {
      const { type, code, info, source } = failure
      const error = { type, code, rest: info }
      this.#ip6.output.icmpError(c.neighbour, this.#ip6.asGuestKnows(source), error, quoted)
      return
    }
    this.error(c.neighbour, { type: icmp6Type.unreachable, code: unreachableCode(failure) }, quoted)
  }

  #echo(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour,
    isOurs: boolean,
    payload: Uint8Array,
  ): void {
    const { output, own } = this.#ip6
    const { egress, host, nowMs } = this.#layer
    const { payloadAt: at, destination, ttl } = header
    const rest = packet.view.getInt32(at + 4)
    if (isOurs) {
      const isToAll = destination === own.allNodes || destination === own.allRouters
      // Other groups are not ours.
      if (!isToAll && !this.#ip6.isOurs(destination)) return
      const reply = { type: icmp6Type.echoReply, code: 0, rest }
      output.icmp(from, isToAll ? own.linkLocal : destination, reply, payload)
      return
    }
    const quoted = packet.bytes.slice(header.at, at + icmp6HeaderBytes)
    if (egress.isActive && !egress.allows(protocol.icmp, destination, -1, nowMs, from.address)) {
      this.#layer.drops.denied += 1
      this.error(from, { type: icmp6Type.unreachable, code: unreachable6.prohibited }, quoted)
      return
    }
    const sequence = this.pings.add({ neighbour: from, rest, destination, quoted, sentMs: nowMs })
    if (host.sendEcho(destination, ttl - 1, sequence, payload)) return
    this.pings.take(sequence)
    this.error(from, { type: icmp6Type.unreachable, code: unreachable6.noRoute }, quoted)
  }

  /** An ICMPv6 error from a guest about our packet, which has no extension headers. */
  #undelivered(view: DataView, at: number, end: number, from: Neighbour, type: number): void {
    const quotedAt = at + icmp6HeaderBytes
    const tcpAt = quotedAt + ipv6HeaderBytes
    if (end - tcpAt < quotedBytes) return
    const guestAddress = this.#table.intern(view, quotedAt + 24)
    const mtu = type === icmp6Type.packetTooBig ? view.getUint32(at + 4) : 0
    if (view.getUint8(quotedAt + 6) !== protocol.tcp) {
      const to = this.#ip6.neighbours.get(guestAddress)
      if (mtu > 0 && to !== undefined && isSameStation(to, from))
        this.#ip6.paths.narrow(to, mtu, this.#layer.nowMs)
      return
    }
    const quoted = readQuotedTcp(view, tcpAt, guestAddress, this.#table.intern(view, quotedAt + 8))
    if (mtu > 0) this.#layer.packetTooBig(quoted, from, mtu)
    else this.#layer.synUndelivered(quoted, from)
  }

  #discovery(
    packet: PacketBuffer,
    header: Ipv6Header,
    from: Neighbour | undefined,
    link: Link,
    type: number,
  ): void {
    const { view } = packet
    const { payloadAt: at, end, ttl } = header
    // Discovery messages must not be fragmented (RFC 6980): a reassembled packet has no frame with a MAC.
    const isFromFrame = header.at >= ethernetHeaderBytes
    const options = optionsAt(type, at, end)
    const linkAddress = options < 0 ? -1 : findOption(view, options, end, ndpOption.sourceLinkAddress)
    // RFC 4861 sections 6.1.1, 7.1.1: a sender without an address must not include a link-layer address.
    const isAnonymousWithOption = from === undefined && linkAddress > 0
    const isSound = isFromFrame && ttl === ndpHopLimit && view.getUint8(at + 1) === 0
    if (!isSound || linkAddress < 0 || isAnonymousWithOption) {
      this.#layer.drops.malformed += 1
      return
    }
    if (type === icmp6Type.routerSolicitation) {
      this.#ip6.router.answer(from, link)
      return
    }
    const target = this.#table.intern(view, at + targetAt)
    if (type === icmp6Type.neighbourAdvertisement) this.#ip6.learn(target, header, packet, link)
    else if (this.#ip6.isOurs(target)) this.#ip6.discovery.advertise(target, from, link)
  }
}

export function unreachableCode(failure: DialFailure): number {
  switch (failure) {
    case 'network-unreachable':
      return unreachable6.noRoute
    case 'prohibited':
      return unreachable6.prohibited
    default:
      return unreachable6.address
  }
}

export const isIcmp6Error = (type: number): boolean => type < firstInformational
