/**
 * ICMP with guests: echo of our addresses, pings to external hosts, and reports of failed dials and datagrams.
 */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { FailedDial } from '../ip/family.ts'
import type { IpLayer } from '../ip/layer.ts'
import { Pings } from '../ip/pings.ts'
import { quotedBytes, quoteOf, readQuotedTcp } from '../ip/quote.ts'
import { sumOf } from '../wire/checksum.ts'
import { icmpHeaderBytes, icmpType, prohibited, unreachable } from '../wire/icmp.ts'
import { type Ipv4Header, ipv4HeaderBytes, protocol } from '../wire/ipv4.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Ipv4Output } from './output.ts'

export class Icmp {
  readonly pings: Pings = new Pings()
  readonly #layer: IpLayer
  readonly #output: Ipv4Output

  constructor(layer: IpLayer, output: Ipv4Output) {
    this.#layer = layer
    this.#output = output
  }

  /** A message from a guest, to one of our addresses or to an external host. */
  arrived(packet: PacketBuffer, header: Ipv4Header, from: Neighbour, isOurs: boolean): void {
    const { host, addresses, drops, egress, nowMs } = this.#layer
    const output = this.#output
    const { payloadAt: at, at: headerAt, end, destination, ttl } = header
    const { view, bytes } = packet
    if (end - at < icmpHeaderBytes || sumOf(view, at, end - at) !== 0xffff) {
      drops.malformed += 1
      return
    }
    if (view.getUint8(at) !== icmpType.echo) {
      if (view.getUint8(at) === icmpType.unreachable) this.#undelivered(view, at, end, from)
      else drops.ignored += 1
      return
    }
    const rest = view.getInt32(at + 4)
    const payload = bytes.subarray(at + icmpHeaderBytes, end)
    if (isOurs) {
      output.icmp(from, destination, { type: icmpType.echoReply, code: 0, rest }, payload)
      return
    }
    const quoted = bytes.slice(headerAt, at + icmpHeaderBytes)
    if (egress.isActive && !egress.allows(protocol.icmp, destination, -1, nowMs, from.address)) {
      drops.denied += 1
      output.icmpError(from, addresses.gateway, prohibited, quoted)
      return
    }
    const sequence = this.pings.add({ neighbour: from, rest, destination, quoted, sentMs: nowMs })
    if (host.sendEcho(destination, ttl - 1, sequence, payload)) return
    this.pings.take(sequence)
    output.icmpError(from, addresses.gateway, prohibited, quoted)
  }

  /** An ICMP error from a guest about our packet; it quotes our IP header and at least eight bytes (RFC 792). */
  #undelivered(view: DataView, at: number, end: number, from: Neighbour): void {
    const quotedAt = at + icmpHeaderBytes
    if (end - quotedAt < ipv4HeaderBytes) return
    const tcpAt = quotedAt + ((view.getUint8(quotedAt) & 15) << 2)
    const isTcp = view.getUint8(quotedAt + 9) === protocol.tcp && end - tcpAt >= quotedBytes
    if (!isTcp) return
    const guestAddress = view.getInt32(quotedAt + 16)
    const quoted = readQuotedTcp(view, tcpAt, guestAddress, view.getInt32(quotedAt + 12))
    if (view.getUint8(at + 1) !== unreachable.fragmentationNeeded) this.#layer.synUndelivered(quoted, from)
    else this.#layer.packetTooBig(quoted, from, nextHopMtu(view, at, view.getUint16(quotedAt + 2)))
  }

  /** Forwards an echo reply from an external host to the guest. */
  echoReplied(sequence: number, payload: Uint8Array): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    const reply = { type: icmpType.echoReply, code: 0, rest: ping.rest }
    this.#output.icmp(ping.neighbour, ping.destination, reply, payload)
  }

  /** A router or the host reports that a ping was not delivered. */
  echoFailed(sequence: number, { type, code, info, source }: IcmpFailure): void {
    const ping = this.pings.take(sequence)
    if (ping === undefined) return
    const error = { type, code, rest: info & 0xffff }
    this.#output.icmpError(ping.neighbour, source, error, ping.quoted)
  }

  /** Reports to the guest that a connection failed. */
  dialFailed(
    c: FailedDial,
    failure: DialFailure | IcmpFailure,
    asGuestKnows: (address: number) => number,
  ): void {
    const quoted = quoteOf({
      protocol: protocol.tcp,
      source: c.guestAddress,
      sourcePort: c.guestPort,
      destination: c.address,
      destinationPort: c.port,
      word: (c.receiveNext - 1) | 0,
    })
    if (typeof failure === 'object') {
      const { type, code, info, source } = failure
      const error = { type, code, rest: info & 0xffff }
      this.#output.icmpError(c.neighbour, asGuestKnows(source), error, quoted)
      return
    }
    const error = { type: icmpType.unreachable, code: unreachableCode(failure) }
    this.#output.icmpError(c.neighbour, this.#layer.addresses.gateway, error, quoted)
  }
}

/** MTUs for routers older than RFC 1191, which report none: the first below the packet's length (section 7.1). */
const plateaus = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006] as const

/** MTU reported by "fragmentation needed", or estimated. */
function nextHopMtu(view: DataView, at: number, packetBytes: number): number {
  return view.getUint16(at + 6) || plateaus.find((mtu) => mtu < packetBytes) || 0
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
