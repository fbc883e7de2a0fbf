/** Loss recovery towards the guest: timeouts (RFC 6298), fast retransmit and recovery (RFC 5681, 6582, 6675). */
import { tcpFlag } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitSegment } from './emit.ts'
import { suspectBlackHole } from './path-mtu.ts'
import { add, distance, isAfter, isBefore } from './sequence.ts'
import { bytesInFlight, sendFrom, transmit } from './transmit.ts'

const minRtoMs = 250
const maxRtoMs = 60_000
/** RFC 6298 section 2.1: RTO before the first RTT sample. */
export const firstRtoMs = 1000
/** Clock granularity of RFC 6298 section 2.4: that of the timer wheel. */
const clockMs = 8
const duplicateThreshold = 3
/** R2 of RFC 9293 section 3.8.3 must be at least 100 s; 15 retries with back-off take several minutes. */
const maxRetries = 15
/** SYN retransmission gives up after about 30 s, because a client is waiting. */
const maxSynRetries = 4

/** RFC 6928 allows ten segments; use at least 64 KiB, because the guest does not share the link. */
export function initialCongestionWindow(maxSegmentBytes: number): number {
  return Math.max(10 * maxSegmentBytes, 64 * 1024)
}

/** RFC 6298 section 2. */
export function sampleRtt(c: TcpConnection, rttMs: number): void {
  if (c.smoothedRttMs < 0) {
    c.smoothedRttMs = rttMs
    c.rttVarianceMs = rttMs / 2
  } else {
    c.rttVarianceMs += (Math.abs(c.smoothedRttMs - rttMs) - c.rttVarianceMs) / 4
    c.smoothedRttMs += (rttMs - c.smoothedRttMs) / 8
  }
  setRto(c)
}

/** Resets the RTO to the measured value, without back-off. */
export function setRto(c: TcpConnection): void {
  const isMeasured = c.smoothedRttMs >= 0
  const rto = isMeasured ? c.smoothedRttMs + Math.max(clockMs, 4 * c.rttVarianceMs) : firstRtoMs
  c.rtoMs = Math.min(maxRtoMs, Math.max(minRtoMs, Math.ceil(rto)))
}

/** Grows the congestion window after `bytes` were acknowledged (RFC 5681 section 3.1). */
export function growWindow(c: TcpConnection, bytes: number): void {
  if (c.congestionWindow < c.slowStartThreshold) c.congestionWindow += bytes
  else c.congestionWindow += Math.max(1, Math.floor((c.maxSegmentBytes * bytes) / c.congestionWindow))
  c.congestionWindow = Math.min(c.congestionWindow, 0x3fff_ffff)
}

/** Detects loss from duplicate ACKs or new SACK blocks. */
export function noticeLoss(t: TcpContext, c: TcpConnection): void {
  if (c.isRecovering) {
    recover(t, c)
    return
  }
  const isReported = c.scoreboard.bytes > (duplicateThreshold - 1) * c.maxSegmentBytes
  if (c.duplicateAcks < duplicateThreshold && !isReported) return
  // RFC 6582 section 4: ignore duplicate ACKs caused by timeout retransmissions.
  if (!isAfter(c.una, c.recoverTo)) return
  // RFC 5681 section 3.2: what limited transmit sent beyond the window does not count.
  c.slowStartThreshold = halfOf(c, Math.min(distance(c.una, c.max), c.congestionWindow))
  c.congestionWindow = c.slowStartThreshold
  c.isRecovering = true
  c.recoverTo = c.max
  c.retransmitNext = c.una
  retransmitOne(t, c)
  recover(t, c)
}

/** Retransmits SACK holes while the congestion window allows. */
function recover(t: TcpContext, c: TcpConnection): void {
  while (!c.scoreboard.isEmpty && isBefore(c.scoreboard.firstGap(c.retransmitNext), c.scoreboard.highest)) {
    if (bytesInFlight(c) + c.maxSegmentBytes > c.congestionWindow) return
    if (!retransmitOne(t, c)) return
  }
}

/** Retransmits the first un-SACKed segment at or after `retransmitNext`. */
function retransmitOne(t: TcpContext, c: TcpConnection): boolean {
  const from = c.scoreboard.firstGap(c.retransmitNext)
  const end = add(c.una, c.buffer.length)
  // Do not include new data, or data beyond a shrunk window.
  const room = c.peerWindow - distance(c.una, from)
  const most = Math.min(c.maxSegmentBytes, distance(from, end), distance(from, c.max), room)
  if (most > 0) {
    const bytes = c.scoreboard.gapBytes(from, most)
    if (!sendFrom(t, c, from, bytes)) return false
    c.retransmitNext = add(from, bytes)
    return true
  }
  if (!c.isFinSent || from !== end) return false
  c.retransmitNext = add(end, 1)
  return emitSegment(t, c, end, tcpFlag.ack | tcpFlag.fin, 0, 0)
}

/** An ACK of new data during recovery; a partial ACK means that the next segment is lost too. */
export function recoverAfterAck(t: TcpContext, c: TcpConnection): void {
  c.duplicateAcks = 0
  if (!isBefore(c.una, c.recoverTo)) {
    c.isRecovering = false
    c.congestionWindow = c.slowStartThreshold
    // With SACK, later holes are a new loss; without it, duplicate ACKs may stem from retransmissions (RFC 6582).
    if (c.isSackPermitted) c.recoverTo = add(c.una, -1)
    return
  }
  if (isBefore(c.retransmitNext, c.una)) c.retransmitNext = c.una
  if (c.scoreboard.isEmpty) retransmitOne(t, c)
  else recover(t, c)
}

/** The retransmission timer has expired. Returns false if the connection is to be aborted. */
export function timeOut(t: TcpContext, c: TcpConnection): boolean {
  c.retries += 1
  t.counters.timeouts += 1
  c.timedAtMs = -1
  c.rtoMs = Math.min(maxRtoMs, c.rtoMs * 2)
  if (c.phase < phase.open) {
    if (c.retries > maxSynRetries) return false
    if (t.halfOpen.isBeyondShare(c)) {
      t.counters.halfOpenEvicted += 1
      return false
    }
    const flags = tcpFlag.syn | (c.phase === phase.synReceived ? tcpFlag.ack : 0)
    emitSegment(t, c, c.initialSequence, flags, 0, 0)
    t.wheel.set(c, t.nowMs + c.rtoMs)
    return true
  }
  // Do not abort while the guest's link is down or blocked: its connections may resume.
  const isAway = c.neighbour.link?.isBlocked ?? true
  if (c.retries > maxRetries && !isAway) return false
  if (c.peerWindow === 0) probe(t, c)
  else {
    if (!isAway) suspectBlackHole(t, c)
    goBack(t, c)
  }
  t.wheel.set(c, t.nowMs + c.rtoMs)
  return true
}

/** RFC 6298 section 5.4: retransmit the earliest segment and enter slow start. */
function goBack(t: TcpContext, c: TcpConnection): void {
  if (c.retries === 1) c.slowStartThreshold = halfOf(c, distance(c.una, c.max))
  // A receiver may renege on SACKed data (RFC 2018 section 8). If the first unacknowledged byte is SACKed, it
  // has.
  if (c.retries > 1 || c.scoreboard.firstGap(c.una) !== c.una) c.scoreboard.clear()
  c.congestionWindow = c.maxSegmentBytes
  c.isRecovering = false
  c.duplicateAcks = 0
  c.recoverTo = c.max
  c.next = c.una
  transmit(t, c)
}

/** Zero-window probe (RFC 9293 section 3.8.6.1): one byte, repeated while the guest acknowledges. */
function probe(t: TcpContext, c: TcpConnection): void {
  if (c.buffer.length > 0) {
    sendFrom(t, c, c.una, 1)
    c.next = c.buffer.length === 1 && c.hostEnded ? add(c.una, 2) : add(c.una, 1)
  } else if (c.isFinSent && !c.isFinAcked) emitSegment(t, c, c.una, tcpFlag.ack | tcpFlag.fin, 0, 0)
}

function halfOf(c: TcpConnection, flightBytes: number): number {
  return Math.max(flightBytes >> 1, 2 * c.maxSegmentBytes)
}
