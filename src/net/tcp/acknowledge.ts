/** ACK, window and SACK processing (RFC 9293 section 3.10.7.4, fifth step). */
import { type TcpSegment, tcpFlag } from '../wire/tcp.ts'
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitChallenge } from './emit.ts'
import { settleSuspicion } from './path-mtu.ts'
import { growWindow, noticeLoss, recoverAfterAck, sampleRtt, setRto } from './recovery.ts'
import { distance, isAfter, isBefore } from './sequence.ts'
import { echoedMs } from './timestamps.ts'
import { armRetransmission } from './transmit.ts'

/** Returns false if the ACK number is invalid and the rest of the segment must be ignored. */
export function acknowledge(t: TcpContext, c: TcpConnection, segment: TcpSegment): boolean {
  const { acknowledgment } = segment
  const acked = distance(c.una, acknowledgment)
  // RFC 5961 section 5.2.
  if (isAfter(acknowledgment, c.max) || acked < -Math.max(c.maxPeerWindow, 0xffff)) {
    emitChallenge(t, c)
    return false
  }
  if (acked < 0) return true
  const hasNews = segment.sackBlocks > 0 && readReports(c, segment)
  const wasClosed = c.peerWindow === 0
  const isWindowChanged = updateWindow(c, segment, acked)
  if (wasClosed && c.peerWindow > 0) windowOpened(t, c)
  if (acked > 0) advance(t, c, acked, segment)
  else if (isDuplicate(c, segment, isWindowChanged, hasNews)) c.duplicateAcks += 1
  else if (!hasNews) {
    // Every ACK of a window probe shows that the guest is alive.
    if (c.peerWindow === 0) c.retries = 0
    t.touch(c)
    return true
  }
  if (acked > 0 && c.isRecovering) recoverAfterAck(t, c)
  else if (acked === 0 || !c.scoreboard.isEmpty) noticeLoss(t, c)
  t.touch(c)
  return true
}

/** New data is acknowledged: drop it from the send buffer and restart the timer (RFC 6298 section 5.3). */
function advance(t: TcpContext, c: TcpConnection, acked: number, segment: TcpSegment): void {
  const ofData = Math.min(acked, c.buffer.length)
  if (acked > ofData && c.isFinSent) c.isFinAcked = true
  if (ofData > 0) c.buffer.drop(ofData)
  c.bytesToGuest += ofData
  c.una = (c.una + acked) | 0
  if (isBefore(c.next, c.una)) c.next = c.una
  if (!c.scoreboard.isEmpty) c.scoreboard.advance(c.una)
  if (c.timedAtMs >= 0 && !isBefore(c.una, c.timedSequence)) {
    sampleRtt(c, t.nowMs - c.timedAtMs)
    c.timedAtMs = -1
  } else if (c.timedAtMs < 0 || c.retries > 0) sampleEcho(t, c, segment)
  c.retries = 0
  settleSuspicion(c, acked)
  if (!c.isRecovering) {
    c.duplicateAcks = 0
    growWindow(c, acked)
    // `recoverTo` follows `una`, so that it does not appear to be ahead after the numbers wrap half way.
    if (isAfter(c.una, c.recoverTo)) c.recoverTo = (c.una - 1) | 0
  }
  t.wheel.clear(c)
  armRetransmission(t, c)
}

/**
 * Retransmitted data is not timed (Karn), but a timestamp echo identifies the transmission (RFC 7323 section 4).
 */
function sampleEcho(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  const rttMs = echoedMs(t, c, segment)
  if (rttMs >= 0) sampleRtt(c, rttMs)
  else if (c.retries > 0) setRto(c)
}

/**
 * RFC 5681 section 2: an ACK without new information while data is outstanding. With SACK, only new SACK blocks
 * count (RFC 6675 section 2): an ACK of duplicate data is not a sign of loss.
 */
function isDuplicate(
  c: TcpConnection,
  segment: TcpSegment,
  isWindowChanged: boolean,
  hasNews: boolean,
): boolean {
  if (c.isSackPermitted) return hasNews
  const isBare = segment.payloadAt === segment.payloadEnd && (segment.flags & tcpFlag.fin) === 0
  return isBare && !isWindowChanged && c.una !== c.max && c.peerWindow > 0
}

/** Window probes, and data sent before the window closed, were probably dropped: retransmit from `una`. */
function windowOpened(t: TcpContext, c: TcpConnection): void {
  c.next = c.una
  c.retries = 0
  setRto(c)
  t.wheel.clear(c)
}

/** Returns true if the window has changed. */
function updateWindow(c: TcpConnection, segment: TcpSegment, acked: number): boolean {
  const { sequence, acknowledgment } = segment
  // The window is relative to the ACK number: if that advances, take the window even from a retransmission.
  const isNewer =
    acked > 0 ||
    isBefore(c.windowSequence, sequence) ||
    (c.windowSequence === sequence && !isAfter(c.windowAcknowledgment, acknowledgment))
  if (!isNewer) return false
  const before = c.peerWindow
  const window = segment.window << c.peerShift
  c.peerWindow = window
  if (isBefore(c.windowSequence, sequence)) c.windowSequence = sequence
  c.windowAcknowledgment = acknowledgment
  if (window > c.maxPeerWindow) c.maxPeerWindow = window
  return before !== window
}

function readReports(c: TcpConnection, segment: TcpSegment): boolean {
  if (!c.isSackPermitted) return false
  let hasNews = false
  const sent = distance(c.una, c.max)
  for (let i = 0; i < segment.sackBlocks; i += 1) {
    const from = segment.sackEdges[2 * i]!
    const to = segment.sackEdges[2 * i + 1]!
    const left = distance(c.una, from)
    const right = distance(c.una, to)
    // Skip D-SACK blocks of acknowledged data (RFC 2883), blocks beyond the data sent, and empty blocks.
    if (left <= 0 || right <= left || right > sent) continue
    if (c.scoreboard.add(from, to)) hasNews = true
  }
  return hasNews
}
