/**
 * Connection setup. From the guest: the host is dialled first, and the SYN is answered with the result. From the
 * host: send a SYN to the guest. Simultaneous open is accepted (RFC 9293 section 3.5).
 */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { QuotedSegment, TcpFlow } from '../core/flow.ts'
import type { HostStream } from '../core/host-stream.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { type TcpSegment, tcpFlag } from '../wire/tcp.ts'
import { phase, TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitSegment, largestPayload } from './emit.ts'
import { receive } from './receive.ts'
import { firstRtoMs, initialCongestionWindow } from './recovery.ts'
import { emitReset, segmentLength } from './reset.ts'
import { add, isAfter } from './sequence.ts'
import { readSynTimestamp, timestampBytesOf } from './timestamps.ts'
import { waitForLink } from './transmit.ts'

/** 128 bytes: windows up to 8 MiB. */
const windowShift = 7
/** RFC 9293 section 3.7.1: MSS for IPv4 and IPv6 if the guest's SYN has no MSS option. */
const defaultMaxSegmentBytes = 536
const defaultMaxSegmentBytes6 = 1220
/** First window, before the host socket is connected. */
const firstWindowBytes = 0xffff

/** Only traceroute, among common programs, sends with such a low TTL. */
const fewHops = 32

/** A SYN to a flow that is not in the table. */
export function openFromGuest(t: TcpContext, flow: TcpFlow, segment: TcpSegment): void {
  const neighbour = t.around.neighbour(flow.guestAddress)
  if (neighbour === undefined || !hasRoom(t)) {
    t.counters.overflows += 1
    return
  }
  makeRoomForDial(t, flow.address)
  const header6 = t.around.header6(flow.guestAddress, flow.address)
  const c = new TcpConnection(flow, { neighbour, header6 }, true, t.pool)
  readSyn(t, c, segment)
  if (t.ttl <= fewHops) c.hopsLeft = t.ttl - 1
  t.add(c)
  t.dials.add(c)
  t.dialQueue.add(c)
}

/** Dials that exceed this time wait for the next burst, so that other flows get their turn. */
const dialMsPerBurst = 1

/** Called at the end of a burst. */
export function beginDials(t: TcpContext): void {
  if (t.dialQueue.size === 0) return
  const untilMs = t.around.clockMs() + dialMsPerBurst
  do {
    const c = t.dialQueue.take()!
    // Reset by the guest or evicted meanwhile.
    if (c.phase !== phase.dialling) continue
    c.host = t.around.dial(c)
    if (c.host === undefined) dialFailed(t, c, 'refused')
  } while (t.dialQueue.size > 0 && t.around.clockMs() < untilMs)
}

/** The host accepted: send a SYN-ACK to the guest. */
export function dialSucceeded(t: TcpContext, c: TcpConnection): void {
  if (c.phase !== phase.dialling) return
  t.dials.delete(c)
  t.recent.answered(c.address)
  c.phase = phase.synReceived
  begin(t, c)
  sendSyn(t, c, tcpFlag.syn | tcpFlag.ack)
  const oldest = t.halfOpen.add(c)
  if (oldest === undefined) return
  t.counters.halfOpenEvicted += 1
  oldest.host?.reset()
  t.forget(oldest)
}

export function dialFailed(t: TcpContext, c: TcpConnection, failure: DialFailure | IcmpFailure): void {
  if (c.phase !== phase.dialling) return
  if (failure === 'refused') {
    t.counters.dialsRefused += 1
    t.recent.answered(c.address)
    emitReset(t, c, 0, c.receiveEdge, tcpFlag.rst | tcpFlag.ack)
  } else {
    t.counters.dialsUnreachable += 1
    t.recent.wasSilent(c.address)
    if (failure !== 'silent') t.around.unreachable(c, failure)
  }
  t.forget(c)
}

/**
 * Opens a connection from the host; undefined if the table is full. Replaces a connection in TIME-WAIT, which the
 * guest has closed: otherwise ports would run out within that time.
 */
export function openFromHost(t: TcpContext, flow: TcpFlow, host: HostStream): TcpConnection | undefined {
  const before = t.find(flow.guestAddress, flow.guestPort, flow.address, flow.port)
  if (before !== undefined) t.forget(before)
  const neighbour = t.around.neighbour(flow.guestAddress)
  if (neighbour === undefined || !hasRoom(t)) {
    t.counters.overflows += 1
    return undefined
  }
  const header6 = t.around.header6(flow.guestAddress, flow.address)
  const c = new TcpConnection(flow, { neighbour, header6 }, false, t.pool)
  c.host = host
  c.isSackPermitted = true
  c.ourShift = windowShift
  c.hasTimestamps = true
  c.timestampOffset = t.around.random32()
  t.add(c)
  t.counters.openedFromHost += 1
  begin(t, c, before?.max)
  sendSyn(t, c, tcpFlag.syn)
  return c
}

/**
 * An ICMP error reports that our SYN was not delivered, as firewalls do to reject a connection. Abort at once,
 * since no data is in flight (RFC 9293 section 3.9.2.2). An error that quotes another sequence number is forged
 * or late (RFC 5927).
 */
export function synUndelivered(t: TcpContext, quoted: QuotedSegment, from: Neighbour): void {
  const c = t.findQuoted(quoted, from)
  if (c?.phase !== phase.synSent || c.initialSequence !== quoted.sequence) return
  t.counters.resetByGuest += 1
  c.host?.reset()
  t.forget(c)
}

/**
 * @param lastSequence last number of the previous connection; the new one begins above it (RFC 9293 section
 * 3.6.1)
 */
function begin(t: TcpContext, c: TcpConnection, lastSequence?: number): void {
  const sequence = t.initialSequence.of(c, t.nowMs)
  const isAbove = lastSequence === undefined || isAfter(sequence, lastSequence)
  c.initialSequence = isAbove ? sequence : add(lastSequence, 1)
  c.una = c.initialSequence
  c.next = add(c.initialSequence, 1)
  c.max = c.next
  c.recoverTo = c.initialSequence
  c.rtoMs = firstRtoMs
  c.receiveEdge = add(c.receiveNext, firstWindowBytes)
  c.timedAtMs = t.nowMs
  c.timedSequence = c.next
}

function sendSyn(t: TcpContext, c: TcpConnection, flags: number): void {
  if (!emitSegment(t, c, c.initialSequence, flags, 0, 0)) waitForLink(t, c)
  t.wheel.set(c, t.nowMs + c.rtoMs)
}

/** Answer to our SYN (RFC 9293 section 3.10.7.3). */
export function arrivedInSynSent(
  t: TcpContext,
  c: TcpConnection,
  packet: PacketBuffer,
  segment: TcpSegment,
): void {
  const { flags, acknowledgment } = segment
  const hasAck = (flags & tcpFlag.ack) !== 0
  if (hasAck && acknowledgment !== c.next) {
    if ((flags & tcpFlag.rst) === 0) emitReset(t, c, acknowledgment, 0, tcpFlag.rst)
    return
  }
  if ((flags & tcpFlag.rst) !== 0) {
    if (!hasAck) return
    t.counters.resetByGuest += 1
    c.host?.reset()
    t.forget(c)
    return
  }
  if ((flags & tcpFlag.syn) === 0) return
  readSyn(t, c, segment)
  c.receiveEdge = add(c.receiveNext, firstWindowBytes)
  if (!hasAck) {
    c.phase = phase.synReceived
    sendSyn(t, c, tcpFlag.syn | tcpFlag.ack)
    return
  }
  c.una = acknowledgment
  established(t, c, segment)
  c.isAckDue = true
  // Data on the SYN-ACK (RFC 9293 section 3.10.7.3).
  segment.sequence = c.receiveNext
  receive(t, c, packet, segment)
}

/** The handshake is complete: data may be sent. */
export function established(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (c.phase === phase.synReceived) t.halfOpen.delete(c)
  c.phase = phase.open
  c.una = add(c.initialSequence, 1)
  c.next = c.una
  if (isAfter(c.una, c.max)) c.max = c.una
  c.windowSequence = segment.sequence
  c.windowAcknowledgment = segment.acknowledgment
  // The window of a SYN is not scaled (RFC 7323 section 2.2).
  c.peerWindow = (segment.flags & tcpFlag.syn) === 0 ? segment.window << c.peerShift : segment.window
  c.maxPeerWindow = c.peerWindow
  // If the SYN was lost, more losses are likely (RFC 5681 section 3.1, RFC 6298 section 5.7).
  const isSynLost = c.retries > 0
  c.congestionWindow = isSynLost ? c.maxSegmentBytes : initialCongestionWindow(c.maxSegmentBytes)
  c.rtoMs = isSynLost ? 3 * firstRtoMs : firstRtoMs
  c.retries = 0
  c.timedAtMs = -1
  c.lastHeardMs = t.nowMs
  t.counters.opened += 1
  t.wheel.clear(c)
  t.touch(c)
}

/** Reads the options of the guest's SYN; a SYN of a newer connection overwrites them. */
export function readSyn(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  c.receiveNext = add(segment.sequence, 1)
  // Before there is a window: the number that a RST acknowledges (RFC 9293 section 3.10.7.1).
  c.receiveEdge = add(segment.sequence, segmentLength(segment))
  const unsaid = c.header6 === undefined ? defaultMaxSegmentBytes : defaultMaxSegmentBytes6
  readSynTimestamp(t, c, segment)
  // TCP options reduce the payload of an MSS-sized segment (RFC 6691).
  const largest = Math.min(segment.maxSegmentBytes || unsaid, largestPayload(t.settings.mtu, c))
  c.maxSegmentBytes = largest - timestampBytesOf(c)
  c.isSackPermitted = segment.isSackPermitted
  // Both must offer scaling (RFC 7323 section 2.2); an unscaled window ends at 64 KiB.
  c.peerShift = Math.max(0, segment.windowShift)
  c.ourShift = segment.windowShift < 0 ? -1 : windowShift
}

/** A full table drops the oldest connection in TIME-WAIT, if any. */
function hasRoom(t: TcpContext): boolean {
  if (t.table.size < t.settings.maxConnections) return true
  const [oldest] = t.timeWaits
  if (oldest === undefined) return false
  t.forget(oldest)
  return true
}

function makeRoomForDial(t: TcpContext, address: number): void {
  const { maxDials, maxDialsPerAddress } = t.settings
  const oldest = t.dials.inTheWay(address, { inAll: maxDials, perAddress: maxDialsPerAddress })
  if (oldest === undefined) return
  t.counters.dialsEvicted += 1
  t.recent.wasSilent(oldest.address)
  oldest.host?.reset()
  t.forget(oldest)
}
