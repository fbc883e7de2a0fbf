/**
 * IPv4 packets to guests: datagrams, fragmented if they exceed the MTU, and ICMP errors.
 * "Don't fragment" is never set: a bridge in the guest may have a smaller MTU, and the host's senders did not
 * request it.
 */
import type { Neighbour } from '../core/neighbours.ts'
import { mayBeReported } from '../ip/quote.ts'
import { emitEthernet, ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { emitIcmp, icmpHeaderBytes, maxQuotedBytes } from '../wire/icmp.ts'
import { defaultTtl, emitIpv4, type Ipv4Fields, ipv4Flag, ipv4HeaderBytes, protocol } from '../wire/ipv4.ts'
import { PacketBuffer } from '../wire/packet.ts'
import { type Datagram, emitUdp, udpHeaderBytes } from '../wire/udp.ts'

const maxPayloadBytes = 65_535 - ipv4HeaderBytes
const packetAt = ethernetHeaderBytes + ipv4HeaderBytes

export class Ipv4Output {
  readonly #mtu: number
  /** Payloads are assembled here if they are fragmented in the link's batch. */
  readonly #scratch = new PacketBuffer(new Uint8Array(maxPayloadBytes))
  /** Reused, so that no object is allocated per packet. */
  readonly #fields: Ipv4Fields = {
    totalBytes: 0,
    identification: 0,
    fragment: 0,
    ttl: defaultTtl,
    protocol: 0,
    source: 0,
    destination: 0,
  }
  #identification: number

  constructor(mtu: number, identification: number) {
    this.#mtu = Math.min(mtu, 65_535)
    this.#identification = identification & 0xffff
  }

  /** Returns false if it is too long, or the guest is unreachable. */
  udp(to: Neighbour, datagram: Datagram, bytes: Uint8Array, start: number, end: number): boolean {
    const udpBytes = udpHeaderBytes + end - start
    if (udpBytes > maxPayloadBytes || to.link === undefined) return false
    if (ipv4HeaderBytes + udpBytes > this.#mtu) {
      this.#scratch.bytes.set(bytes.subarray(start, end), udpHeaderBytes)
      emitUdp(this.#scratch, 0, datagram, udpBytes)
      return this.#send(to, datagram.source, datagram.destination, protocol.udp, udpBytes)
    }
    const at = to.link.reserve(packetAt + udpBytes)
    if (at < 0) return false
    const { batch } = to.link
    batch.bytes.set(bytes.subarray(start, end), at + packetAt + udpHeaderBytes)
    emitUdp(batch, at + packetAt, datagram, udpBytes)
    const { source, destination } = datagram
    this.#headers(batch, at, to, source, destination, protocol.udp, udpBytes, 0, this.#nextIdentification())
    to.link.commit(packetAt + udpBytes)
    return true
  }

  /** Sends an ICMP message with a payload after its header. */
  icmp(
    to: Neighbour,
    source: number,
    message: { type: number; code: number; rest: number },
    payload: Uint8Array,
  ): boolean {
    const bytes = icmpHeaderBytes + payload.length
    if (bytes > maxPayloadBytes) return false
    this.#scratch.bytes.set(payload, icmpHeaderBytes)
    emitIcmp(this.#scratch.view, 0, bytes, message)
    return this.#send(to, source, to.address, protocol.icmp, bytes)
  }

  /**
   * Sends an ICMP error about a packet of the guest, with a quote of at most 548 bytes. Returns false if errors
   * about the packet are forbidden.
   */
  icmpError(
    to: Neighbour,
    source: number,
    error: { type: number; code: number; rest?: number },
    quoted: Uint8Array,
  ): boolean {
    if (!mayBeReported(quoted)) return false
    const { type, code, rest = 0 } = error
    return this.icmp(to, source, { type, code, rest }, quoted.subarray(0, maxQuotedBytes))
  }

  /** Sends the payload in the scratch buffer, fragmented as needed. */
  #send(to: Neighbour, source: number, destination: number, proto: number, bytes: number): boolean {
    const { link } = to
    if (link === undefined) return false
    const perFragment = ipv4HeaderBytes + bytes <= this.#mtu ? bytes : (this.#mtu - ipv4HeaderBytes) & ~7
    const identification = this.#nextIdentification()
    for (let offset = 0; offset < bytes || offset === 0; offset += perFragment) {
      const count = Math.min(perFragment, bytes - offset)
      const flags = offset + count === bytes ? 0 : ipv4Flag.moreFragments
      const at = link.reserve(packetAt + count)
      if (at < 0) return false
      link.batch.bytes.set(this.#scratch.bytes.subarray(offset, offset + count), at + packetAt)
      const fragment = flags | (offset >> 3)
      this.#headers(link.batch, at, to, source, destination, proto, count, fragment, identification)
      link.commit(packetAt + count)
    }
    return true
  }

  #headers(
    batch: PacketBuffer,
    at: number,
    to: Neighbour,
    source: number,
    destination: number,
    proto: number,
    bytes: number,
    fragment: number,
    identification: number,
  ): void {
    emitEthernet(batch.view, at, to.macHigh, to.macLow, etherType.ipv4)
    const fields = this.#fields
    fields.totalBytes = ipv4HeaderBytes + bytes
    fields.identification = identification
    fields.fragment = fragment
    fields.protocol = proto
    fields.source = source
    fields.destination = destination
    emitIpv4(batch.view, at + ethernetHeaderBytes, fields)
  }

  #nextIdentification(): number {
    this.#identification = (this.#identification + 1) & 0xffff
    return this.#identification
  }
}
