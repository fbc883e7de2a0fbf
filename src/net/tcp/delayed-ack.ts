/**
 * Delayed ACKs (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2). If the host answers quickly, the ACK of a
 * request is carried by the response, which saves a frame and a wake-up per exchange. The delay is one or two
 * milliseconds, because a guest that sends small segments with Nagle's algorithm may be waiting for the ACK (RFC
 * 896). An ACK is delayed only if the previous delay was useful.
 */
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitAck } from './emit.ts'

/** In a clock of whole milliseconds. */
const patienceMs = 2

/** An ACK is due: send it now or delay it. */
export function acknowledgeSoon(t: TcpContext, c: TcpConnection, isNeeded: boolean): void {
  if (isNeeded || c.isAckDelayed || c.isAckUrgent || !mayWait(c)) {
    c.isAckUrgent = false
    emitAck(t, c)
    return
  }
  c.isAckDelayed = true
  if (t.delayedAcks.length === 0) t.delayedAcksMs = t.nowMs + patienceMs
  t.delayedAcks.push(c)
}

function mayWait(c: TcpConnection): boolean {
  // The segment that would carry the ACK is delayed too.
  if (!c.reassembly.isEmpty || c.isWaitingForLink) return false
  // The guest's FIN is usually followed by the host's.
  if (c.isFinReceived) return !c.hostEnded
  return c.answersAtOnce && c.bytesFromGuest - c.bytesSettled < c.maxSegmentBytes
}

/** Data from the host: record whether it came in time to carry a delayed ACK. */
export function noteAnswer(t: TcpContext, c: TcpConnection): void {
  if (t.nowMs - c.lastHeardMs < patienceMs) c.answersAtOnce = true
}

/** Sends the ACKs whose delay has expired. */
export function sendDelayedAcks(t: TcpContext): void {
  if (t.delayedAcks.length === 0 || t.nowMs < t.delayedAcksMs) return
  for (const c of t.delayedAcks) {
    c.isAckDelayed = false
    if (!c.isAckDue) continue
    c.answersAtOnce = false
    emitAck(t, c)
  }
  t.delayedAcks.length = 0
}
