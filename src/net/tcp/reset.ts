/** RST to the guest, with and without a connection, and the ACK before one. */
import type { FlowHeader, TcpFlow } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import { foldInt, sumOf } from '../wire/checksum.ts'
import { emitEthernet, ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { defaultTtl, emitIpv4, ipv4Flag, ipv4HeaderBytes, protocol, pseudoHeaderSum } from '../wire/ipv4.ts'
import { ipv6HeaderBytes } from '../wire/ipv6.ts'
import { type TcpSegment, tcpFlag, tcpHeaderBytes } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { bareSequence } from './emit.ts'
import { add } from './sequence.ts'

export function emitReset(
  t: TcpContext,
  flow: TcpFlow,
  sequence: number,
  acknowledgment: number,
  flags: number,
): void {
  const neighbour = t.around.neighbour(flow.guestAddress)
  if (neighbour?.link === undefined) return
  const header6 = t.around.header6(flow.guestAddress, flow.address)
  const segment = { sequence, acknowledgment, flags }
  if (header6 === undefined) writeReset4(neighbour, neighbour.link, flow, segment)
  else writeReset6(neighbour, neighbour.link, flow, segment, header6)
}

/**
 * A bare ACK before the reset that refuses a SYN. TCP in SYN-SENT ignores it (RFC 9293 section 3.10.7.3), but the guest's
 * conntrack keeps the connection for 10 s; a reset alone would remove it at once.
 */
export function acknowledgeSyn(t: TcpContext, c: TcpConnection): void {
  emitReset(t, c, 0, c.receiveEdge, tcpFlag.ack)
}

interface Reset {
  sequence: number
  acknowledgment: number
  flags: number
}

function writeReset4({ macHigh, macLow }: Neighbour, link: Link, flow: TcpFlow, segment: Reset): void {
  const frameBytes = ethernetHeaderBytes + ipv4HeaderBytes + tcpHeaderBytes
  const at = link.reserve(frameBytes)
  if (at < 0) return
  const { view } = link.batch
  emitEthernet(view, at, macHigh, macLow, etherType.ipv4)
  const ip = at + ethernetHeaderBytes
  const source = flow.address
  const destination = flow.guestAddress
  emitIpv4(view, ip, {
    totalBytes: ipv4HeaderBytes + tcpHeaderBytes,
    identification: 0,
    fragment: ipv4Flag.dontFragment,
    ttl: defaultTtl,
    protocol: protocol.tcp,
    source,
    destination,
  })
  const sum = pseudoHeaderSum(source, destination, protocol.tcp, tcpHeaderBytes)
  writeHeader(view, ip + ipv4HeaderBytes, flow, segment, sum)
  link.commit(frameBytes)
}

function writeReset6(
  { macHigh, macLow }: Neighbour,
  link: Link,
  flow: TcpFlow,
  segment: Reset,
  header6: FlowHeader,
): void {
  const frameBytes = ethernetHeaderBytes + ipv6HeaderBytes + tcpHeaderBytes
  const at = link.reserve(frameBytes)
  if (at < 0) return
  const { view, bytes } = link.batch
  emitEthernet(view, at, macHigh, macLow, etherType.ipv6)
  const ip = at + ethernetHeaderBytes
  bytes.set(header6.bytes, ip)
  view.setUint16(ip + 4, tcpHeaderBytes)
  const sum = header6.addressSum + protocol.tcp + tcpHeaderBytes
  writeHeader(view, ip + ipv6HeaderBytes, flow, segment, sum)
  link.commit(frameBytes)
}

function writeHeader(
  view: DataView,
  at: number,
  flow: TcpFlow,
  { sequence, acknowledgment, flags }: Reset,
  pseudoSum: number,
): void {
  view.setUint16(at, flow.port)
  view.setUint16(at + 2, flow.guestPort)
  view.setInt32(at + 4, sequence)
  view.setInt32(at + 8, acknowledgment)
  view.setInt32(at + 12, (tcpHeaderBytes << 26) | (flags << 16))
  view.setInt32(at + 16, 0)
  view.setUint16(at + 16, ~foldInt(pseudoSum + sumOf(view, at, tcpHeaderBytes)))
}

/** RFC 9293 section 3.10.7.1: RST for a segment without a connection. */
export function refuse(t: TcpContext, flow: TcpFlow, segment: TcpSegment): void {
  const { flags } = segment
  if ((flags & tcpFlag.rst) !== 0) return
  if ((flags & tcpFlag.ack) !== 0) {
    emitReset(t, flow, segment.acknowledgment, 0, tcpFlag.rst)
    return
  }
  emitReset(t, flow, 0, add(segment.sequence, segmentLength(segment)), tcpFlag.rst | tcpFlag.ack)
}

/** Length of a segment in sequence space. */
export function segmentLength(segment: TcpSegment): number {
  const { flags, payloadAt, payloadEnd } = segment
  return payloadEnd - payloadAt + ((flags & tcpFlag.syn) !== 0 ? 1 : 0) + (flags & tcpFlag.fin)
}

/** Aborts a connection: sends RST to the guest, unless the dial is pending. */
export function abort(t: TcpContext, c: TcpConnection): void {
  if (c.phase > phase.dialling) emitReset(t, c, bareSequence(c), c.receiveNext, tcpFlag.rst | tcpFlag.ack)
  t.forget(c)
}
