/** Writes segments to the guest directly into the link's batch. */
import type { Link } from '../link/link.ts'
import { foldInt, sumOfWord } from '../wire/checksum.ts'
import { emitEthernet, ethernetHeaderBytes, etherType } from '../wire/ethernet.ts'
import { ipv4Flag, ipv4HeaderBytes, protocol } from '../wire/ipv4.ts'
import { ipv6HeaderBytes } from '../wire/ipv6.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import {
  emitSackOption,
  emitSynOptions,
  emitTimestamps,
  sackOptionBytes,
  synOptionBytes,
  tcpFlag,
  tcpHeaderBytes,
} from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { add, distance, isAfter } from './sequence.ts'
import { timestampBytesOf, timestampOf } from './timestamps.ts'

const maxSackBlocks = 4
const sackEdges = new Int32Array(2 * maxSackBlocks)

/** Smaller payloads are copied: a zero-copy payload costs two more iovec entries. */
export const worthGathering = 4096

/** The largest payload that fits the link. */
export function largestPayload(mtu: number, c: TcpConnection): number {
  return Math.min(mtu, 65_535) - ipBytesOf(c) - tcpHeaderBytes
}

/** Bytes of the headers before TCP's. */
export function bytesBeforeTcp(c: TcpConnection): number {
  return ethernetHeaderBytes + ipBytesOf(c)
}

function ipBytesOf({ header6 }: TcpConnection): number {
  return header6 === undefined ? ipv4HeaderBytes : ipv6HeaderBytes
}

/**
 * Sends one segment with `bytes` of payload from `offset` in the send buffer. Each segment carries the current
 * ACK and window, so no separate ACK is due. Returns false if the segment was lost because the link is missing or
 * full.
 */
export function emitSegment(
  t: TcpContext,
  c: TcpConnection,
  sequence: number,
  flags: number,
  offset: number,
  bytes: number,
): boolean {
  const { link } = c.neighbour
  if (link === undefined) {
    t.around.resolve(c.neighbour)
    return false
  }
  const isSyn = (flags & tcpFlag.syn) !== 0
  const hasReport = !c.reassembly.isEmpty || c.duplicateFrom !== c.duplicateTo
  const blocks = hasReport && c.isSackPermitted && !isSyn ? blocksBeside(c, bytes) : 0
  const shift = isSyn ? c.ourShift : -1
  const clockBytes = timestampBytesOf(c)
  const optionBytes =
    clockBytes + (isSyn ? synOptionBytes(shift, c.isSackPermitted) : sackOptionBytes(blocks))
  const tcpBytes = tcpHeaderBytes + optionBytes + bytes
  const tcpAt = bytesBeforeTcp(c)
  const at = link.reserve(tcpAt + tcpBytes)
  if (at < 0) return false
  const { batch } = link
  const { view } = batch
  const tcp = at + tcpAt
  const options = tcp + tcpHeaderBytes
  const further = options + clockBytes
  let sum = emitHeaders(c, batch, at, sequence, flags, tcpBytes, optionBytes)
  if (clockBytes > 0) emitTimestamps(view, options, timestampOf(t, c), c.recentTimestamp)
  if (isSyn) {
    const maxSegmentBytes = largestPayload(t.settings.mtu, c)
    emitSynOptions(view, further, { maxSegmentBytes, windowShift: shift, isSackPermitted: c.isSackPermitted })
  } else if (blocks > 0) {
    emitSackOption(view, further, sackEdges, blocks)
    c.duplicateFrom = c.duplicateTo
  }
  c.isAckDue = false
  c.acknowledgedTo = c.receiveNext
  if (bytes >= worthGathering && c.buffer.isFast && link.canGather) {
    if (optionBytes > 0) sum += batch.sum(options, optionBytes)
    view.setUint16(tcp + 16, ~foldInt(sum + c.buffer.sum(offset, bytes)))
    link.commitHeaders(tcpAt + tcpHeaderBytes + optionBytes, tcpAt + tcpBytes)
    insertPayload(t, c, link, offset, bytes)
    return true
  }
  if (bytes > 0) c.buffer.copy(offset, bytes, batch.bytes, options + optionBytes)
  if (optionBytes + bytes > 0) sum += batch.sum(options, optionBytes + bytes)
  view.setUint16(tcp + 16, ~foldInt(sum))
  link.commit(tcpAt + tcpBytes)
  return true
}

/** Number of SACK blocks that fit the path next to a payload (RFC 6691). */
function blocksBeside(c: TcpConnection, bytes: number): number {
  const room = c.maxSegmentBytes - bytes - sackOptionBytes(1)
  if (room < 0) return 0
  const max = Math.min(c.hasTimestamps ? maxSackBlocks - 1 : maxSackBlocks, 1 + (room >> 3))
  if (c.duplicateFrom === c.duplicateTo) return c.reassembly.sackBlocks(sackEdges, 0, max)
  // The D-SACK block precedes the others (RFC 2883 section 4).
  sackEdges[0] = c.duplicateFrom
  sackEdges[1] = c.duplicateTo
  return 1 + c.reassembly.sackBlocks(sackEdges, 1, max - 1)
}

function insertPayload(t: TcpContext, c: TcpConnection, link: Link, offset: number, bytes: number): void {
  const first = Math.min(bytes, c.buffer.untilWrap(offset))
  link.insert(c.buffer.addressOf(offset), first)
  if (first < bytes) link.insert(c.buffer.addressOf(offset + first), bytes - first)
  t.pool.readBy(link)
}

/** Writes all headers without TCP options, with a zero checksum. Returns the unfolded partial checksum. */
export function emitHeaders(
  c: TcpConnection,
  packet: PacketBuffer,
  at: number,
  sequence: number,
  flags: number,
  tcpBytes: number,
  optionBytes: number,
): number {
  const { view } = packet
  emitIp(packet, at, c, tcpBytes)
  const tcp = at + bytesBeforeTcp(c)
  const acknowledgment = (flags & tcpFlag.ack) === 0 ? 0 : c.receiveNext
  const window = windowField(c, (flags & tcpFlag.syn) !== 0)
  const offsetAndFlags = ((tcpHeaderBytes + optionBytes) << 10) | flags
  view.setInt32(tcp, (c.port << 16) | c.guestPort)
  view.setInt32(tcp + 4, sequence)
  view.setInt32(tcp + 8, acknowledgment)
  view.setInt32(tcp + 12, (offsetAndFlags << 16) | window)
  view.setInt32(tcp + 16, 0)
  return c.tcpSum + tcpBytes + sumOfWord(sequence) + sumOfWord(acknowledgment) + offsetAndFlags + window
}

/** Ethernet and IP headers. */
function emitIp({ view, bytes }: PacketBuffer, at: number, c: TcpConnection, tcpBytes: number): void {
  const { header6, neighbour } = c
  const ip = at + ethernetHeaderBytes
  if (header6 !== undefined) {
    emitEthernet(view, at, neighbour.macHigh, neighbour.macLow, etherType.ipv6)
    bytes.set(header6, ip)
    view.setUint16(ip + 4, tcpBytes)
    return
  }
  emitEthernet(view, at, neighbour.macHigh, neighbour.macLow, etherType.ipv4)
  const totalBytes = ipv4HeaderBytes + tcpBytes
  view.setInt32(ip, 0x45000000 | totalBytes)
  view.setInt32(ip + 4, ipv4Flag.dontFragment)
  view.setInt32(ip + 8, (64 << 24) | (protocol.tcp << 16) | (~foldInt(c.ipSum + totalBytes) & 0xffff))
  view.setInt32(ip + 12, c.address)
  view.setInt32(ip + 16, c.guestAddress)
}

function windowField(c: TcpConnection, isSyn: boolean): number {
  const bytes = Math.max(0, distance(c.receiveNext, c.receiveEdge))
  return isSyn || c.ourShift < 0 ? Math.min(bytes, 0xffff) : bytes >> c.ourShift
}

/** Sends an empty segment with the current ACK and window. */
export function emitAck(t: TcpContext, c: TcpConnection): void {
  emitSegment(t, c, bareSequence(c), tcpFlag.ack, 0, 0)
}

/**
 * Sequence number of a segment without data: the next one, or the right edge of the guest's window if that comes
 * first, as after a zero-window probe. The guest would drop any segment beyond it, even an ACK.
 */
export function bareSequence(c: TcpConnection): number {
  const edge = add(c.una, c.peerWindow)
  return c.phase === phase.open && isAfter(c.max, edge) ? edge : c.max
}

/** Challenge ACKs (RFC 5961) answer segments that may be forged; at most one per interval. */
const challengeEveryMs = 100

export function emitChallenge(t: TcpContext, c: TcpConnection): void {
  if (t.nowMs - c.challengedAtMs < challengeEveryMs) return
  c.challengedAtMs = t.nowMs
  t.counters.challenges += 1
  emitAck(t, c)
}
