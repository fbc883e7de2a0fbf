/** Sends data to the guest as far as its window, the congestion window and the link allow. */
import type { Link } from '../link/link.ts'
import { tcpFlag } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitSegment } from './emit.ts'
import { emitRun } from './emit-run.ts'
import { add, distance, isAfter, isBefore } from './sequence.ts'

/** Estimated bytes in flight: neither acknowledged nor SACKed nor considered lost. */
export function bytesInFlight(c: TcpConnection): number {
  const sent = distance(c.una, c.next)
  if (!c.isRecovering) {
    // RFC 3042: the first two duplicate ACKs mean that segments have left the network.
    const gone = c.scoreboard.isEmpty ? Math.min(2, c.duplicateAcks) * c.maxSegmentBytes : c.scoreboard.bytes
    return sent - Math.min(sent, gone)
  }
  if (c.scoreboard.isEmpty) return Math.max(0, sent - c.duplicateAcks * c.maxSegmentBytes)
  const lost = lostBytes(c)
  return Math.max(0, sent - c.scoreboard.bytes - lost)
}

/** Bytes in SACK holes that were not retransmitted yet. */
function lostBytes(c: TcpConnection): number {
  let lost = 0
  let at = c.scoreboard.firstGap(c.retransmitNext)
  while (isBefore(at, c.scoreboard.highest)) {
    const gap = c.scoreboard.gapBytes(at, distance(at, c.scoreboard.highest))
    lost += gap
    at = c.scoreboard.firstGap(add(at, gap))
  }
  return lost
}

/** Sends new data, retransmits after a timeout, and sends FIN when the host has ended. */
export function transmit(t: TcpContext, c: TcpConnection): void {
  if (c.phase !== phase.open) return
  const { buffer } = c
  let inFlight = bytesInFlight(c)
  const end = add(c.una, buffer.length)
  while (isBefore(c.next, end)) {
    const { link } = c.neighbour
    if (link === undefined || link.isBlocked) {
      waitForLink(t, c)
      break
    }
    if (!c.scoreboard.isEmpty) {
      // After a timeout: skip SACKed data.
      c.next = c.scoreboard.firstGap(c.next)
      if (!isBefore(c.next, end)) break
    }
    const available = distance(c.next, end)
    const windowLeft = c.peerWindow - distance(c.una, c.next)
    let bytes = Math.min(c.maxSegmentBytes, available, windowLeft, c.congestionWindow - inFlight)
    if (bytes <= 0) break
    const isOld = isBefore(c.next, c.max)
    if (isOld) bytes = c.scoreboard.gapBytes(c.next, bytes)
    // Half the largest window ever advertised is worth a segment: at large MTUs the first window is below one
    // MSS.
    const isWorthIt =
      isOld || bytes === c.maxSegmentBytes || bytes === available || 2 * bytes >= c.maxPeerWindow
    if (!isWorthIt && inFlight > 0) break
    if (bytes === c.maxSegmentBytes && c.next === c.max) {
      const most = Math.floor(Math.min(available - 1, windowLeft, c.congestionWindow - inFlight) / bytes)
      const sent = sendRun(t, c, link, most)
      if (sent > 0) {
        inFlight += sent
        continue
      }
    }
    if (!sendFrom(t, c, c.next, bytes)) break
    c.next = add(c.next, bytes + (isFinNext(c, bytes) ? 1 : 0))
    inFlight += bytes
  }
  if (c.hostEnded && !c.isFinAcked && c.next === end && sendFin(t, c)) c.next = add(c.next, 1)
  armRetransmission(t, c)
}

/** Sends as many new full segments as possible, except for the last of the buffer. Returns their bytes. */
function sendRun(t: TcpContext, c: TcpConnection, link: Link, most: number): number {
  const bytes = emitRun(t, c, link, c.next, distance(c.una, c.next), most) * c.maxSegmentBytes
  if (bytes === 0) return 0
  noteSent(t, c, c.next, add(c.next, bytes))
  c.next = add(c.next, bytes)
  return bytes
}

/** True when the segment that was just sent carried the FIN. */
function isFinNext(c: TcpConnection, bytes: number): boolean {
  return c.hostEnded && distance(c.una, c.next) + bytes === c.buffer.length
}

/** Sends data at a sequence number, with FIN if it is the last of the host. */
export function sendFrom(t: TcpContext, c: TcpConnection, sequence: number, bytes: number): boolean {
  const offset = distance(c.una, sequence)
  const isLast = offset + bytes === c.buffer.length
  const hasFin = isLast && c.hostEnded
  const flags = tcpFlag.ack | (isLast ? tcpFlag.psh : 0) | (hasFin ? tcpFlag.fin : 0)
  if (!emitSegment(t, c, sequence, flags, offset, bytes)) {
    waitForLink(t, c)
    return false
  }
  if (hasFin) noteFinSent(c)
  noteSent(t, c, sequence, add(sequence, bytes + (hasFin ? 1 : 0)))
  return true
}

function sendFin(t: TcpContext, c: TcpConnection): boolean {
  if (!emitSegment(t, c, c.next, tcpFlag.ack | tcpFlag.fin, 0, 0)) {
    waitForLink(t, c)
    return false
  }
  noteFinSent(c)
  noteSent(t, c, c.next, add(c.next, 1))
  return true
}

function noteFinSent(c: TcpConnection): void {
  if (!c.isFinSent && !c.isFinReceived) c.isActiveClose = true
  c.isFinSent = true
}

/** RFC 6298 with Karn: time one new segment at a time; a retransmission cancels the measurement. */
function noteSent(t: TcpContext, c: TcpConnection, from: number, to: number): void {
  if (isBefore(from, c.max)) {
    c.timedAtMs = -1
    c.retransmissions += 1
    t.counters.retransmissions += 1
  } else if (c.timedAtMs < 0) {
    c.timedAtMs = t.nowMs
    c.timedSequence = to
  }
  if (isAfter(to, c.max)) c.max = to
}

/** Arms the single timer for unacknowledged data, or to probe a zero window. */
export function armRetransmission(t: TcpContext, c: TcpConnection): void {
  if (c.deadlineMs !== 0) return
  const isWaiting = c.una !== c.max || c.buffer.length > 0
  if (isWaiting && !c.isWaitingForLink) t.wheel.set(c, t.nowMs + c.rtoMs)
}

export function waitForLink(t: TcpContext, c: TcpConnection): void {
  c.isWaitingForLink = true
  t.waitingForLink.add(c)
}
