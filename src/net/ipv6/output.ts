/** IPv6 packets to guests: datagrams, fragmented if they exceed the MTU, and ICMPv6. */
import type { AddressTable } from '../core/address-table.ts'
import type { FlowHeader, QuotedFlow } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import { writeQuoted } from '../ip/quote.ts'
import type { Link } from '../link/link.ts'
import { emitEthernet, ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { icmp6HeaderBytes, maxQuoted6Bytes, sealIcmp6 } from '../wire/icmp6.ts'
import {
  destinationAt,
  emitFragmentHeader,
  emitIpv6,
  fragmentHeaderBytes,
  fragmentProtocol,
  ipv6HeaderBytes,
  protocol6,
  sourceAt,
} from '../wire/ipv6.ts'
import { PacketBuffer } from '../wire/packet.ts'
import { type Datagram, emitUdpOver, udpHeaderBytes } from '../wire/udp.ts'

const packetAt = ethernetHeaderBytes + ipv6HeaderBytes
const defaultHopLimit = 64
/** Hop limit required for NDP (RFC 4861 section 3.1): shows that no router forwarded the packet. */
export const ndpHopLimit = 255

export class Ipv6Output {
  readonly #table: AddressTable
  readonly #mtu: number
  /** Buffer for a whole packet: header and payload. */
  readonly #scratch = new PacketBuffer(new Uint8Array(ipv6HeaderBytes + 65_535))
  #identification: number

  constructor(table: AddressTable, mtu: number, identification: number) {
    this.#table = table
    this.#mtu = mtu
    this.#identification = identification
  }

  /** Returns false if it is too long, or the guest is unreachable. */
  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean {
    const udpBytes = udpHeaderBytes + end - start
    if (udpBytes > 65_535 || to.link === undefined) return false
    const scratch = this.#scratch
    scratch.bytes.set(bytes.subarray(start, end), ipv6HeaderBytes + udpHeaderBytes)
    const sum = this.#table.sum(datagram.source) + this.#table.sum(datagram.destination)
    emitUdpOver(scratch, ipv6HeaderBytes, datagram, udpBytes, sum + protocol6.udp)
    return this.#send(to, datagram.source, datagram.destination, protocol6.udp, udpBytes)
  }

  /** Sends an ICMPv6 message with a payload after its header. */
  icmp(
    to: Neighbour,
    source: number,
    message: { type: number; code: number; rest: number },
    payload: Uint8Array,
  ): boolean {
    const bytes = icmp6HeaderBytes + payload.length
    if (bytes > 65_535) return false
    const { bytes: packet, view } = this.#scratch
    packet.set(payload, ipv6HeaderBytes + icmp6HeaderBytes)
    view.setUint8(ipv6HeaderBytes, message.type)
    view.setUint8(ipv6HeaderBytes + 1, message.code)
    view.setInt32(ipv6HeaderBytes + 4, message.rest)
    this.#addresses(view, 0, source, to.address)
    sealIcmp6(view, 0, ipv6HeaderBytes, bytes)
    return this.#send(to, source, to.address, protocol6.icmp, bytes)
  }

  /** Sends an ICMPv6 error about a packet of the guest, with a quote up to the minimum MTU. */
  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean {
    const { type, code, rest = 0 } = error
    return this.icmp(to, source, { type, code, rest }, quoted.subarray(0, maxQuoted6Bytes))
  }

  /** Sends a neighbour discovery message, written by `write`, to a known or multicast MAC. */
  discovery(
    link: Link,
    to: { macHigh: number; macLow: number; address: Uint8Array },
    source: number,
    bytes: number,
    write: (view: DataView, at: number) => void,
  ): void {
    const at = link.reserve(packetAt + bytes)
    if (at < 0) return
    const { view, bytes: batch } = link.batch
    emitEthernet(view, at, to.macHigh, to.macLow, etherType.ipv6)
    const ip = at + ethernetHeaderBytes
    emitIpv6(view, ip, { payloadBytes: bytes, protocol: protocol6.icmp, ttl: ndpHopLimit })
    this.#table.write(source, view, ip + sourceAt)
    batch.set(to.address, ip + destinationAt)
    write(view, at + packetAt)
    sealIcmp6(view, ip, at + packetAt, bytes)
    link.commit(packetAt + bytes)
  }

  flowHeader(source: number, destination: number): FlowHeader {
    const bytes = new Uint8Array(ipv6HeaderBytes)
    const view = new DataView(bytes.buffer)
    emitIpv6(view, 0, { payloadBytes: 0, protocol: protocol6.tcp, ttl: defaultHopLimit })
    this.#addresses(view, 0, source, destination)
    return { bytes, addressSum: this.#table.sum(source) + this.#table.sum(destination) }
  }

  /** Like `quoteOf` of ip/quote.ts. */
  quoteOf(flow: QuotedFlow): Uint8Array {
    const payloadBytes = 8 + (flow.payload?.length ?? 0)
    const bytes = new Uint8Array(ipv6HeaderBytes + payloadBytes)
    const view = new DataView(bytes.buffer)
    emitIpv6(view, 0, { payloadBytes, protocol: flow.protocol, ttl: defaultHopLimit })
    this.#addresses(view, 0, flow.source, flow.destination)
    writeQuoted(view, ipv6HeaderBytes, flow)
    return bytes
  }

  /** Sends the payload in the scratch buffer, fragmented as needed (RFC 8200 section 4.5). */
  #send(to: Neighbour, source: number, destination: number, protocol: number, bytes: number): boolean {
    const { link } = to
    if (link === undefined) return false
    const mtu = Math.min(this.#mtu, to.pathMtu)
    if (ipv6HeaderBytes + bytes <= mtu) return this.#packet(link, to, source, destination, protocol, 0, bytes)
    const perFragment = (mtu - ipv6HeaderBytes - fragmentHeaderBytes) & ~7
    this.#identification = (this.#identification + 1) | 0
    for (let offset = 0; offset < bytes; offset += perFragment) {
      const count = Math.min(perFragment, bytes - offset)
      const more = offset + count === bytes ? 0 : 1
      const fragment = { protocol, fragment: offset | more, identification: this.#identification >>> 0 }
      if (!this.#packet(link, to, source, destination, fragmentProtocol, offset, count, fragment))
        return false
    }
    return true
  }

  #packet(
    link: Link,
    to: Neighbour,
    source: number,
    destination: number,
    protocol: number,
    offset: number,
    bytes: number,
    fragment?: { protocol: number; fragment: number; identification: number },
  ): boolean {
    const extraBytes = fragment === undefined ? 0 : fragmentHeaderBytes
    const at = link.reserve(packetAt + extraBytes + bytes)
    if (at < 0) return false
    const { view, bytes: batch } = link.batch
    emitEthernet(view, at, to.macHigh, to.macLow, etherType.ipv6)
    const ip = at + ethernetHeaderBytes
    emitIpv6(view, ip, { payloadBytes: extraBytes + bytes, protocol, ttl: defaultHopLimit })
    this.#addresses(view, ip, source, destination)
    if (fragment !== undefined) emitFragmentHeader(view, at + packetAt, fragment)
    const from = ipv6HeaderBytes + offset
    batch.set(this.#scratch.bytes.subarray(from, from + bytes), at + packetAt + extraBytes)
    link.commit(packetAt + extraBytes + bytes)
    return true
  }

  #addresses(view: DataView, ip: number, source: number, destination: number): void {
    this.#table.write(source, view, ip + sourceAt)
    this.#table.write(destination, view, ip + destinationAt)
  }
}
