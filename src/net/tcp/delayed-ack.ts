/**
 * ACKs that wait for something to go with (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2). Where the host answers at once,
 * the ACK of a question goes with the answer, which saves a frame and a wake-up per exchange. It waits for a millisecond or
 * two only: a guest that sends small pieces by Nagle's rule may be waiting for it (RFC 896). And it waits only if the
 * previous wait paid off.
 */
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitAck } from './emit.ts'

/** Of a clock that counts whole milliseconds. */
const patienceMs = 2

/** An ACK is due: sends it, now or soon. */
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
  // What would take it along waits too.
  if (!c.reassembly.isEmpty || c.isWaitingForLink) return false
  // The end of what the guest sends is most often followed by that of the host.
  if (c.isFinReceived) return !c.hostEnded
  return c.answersAtOnce && c.bytesFromGuest - c.bytesSettled < c.maxSegmentBytes
}

/** The host has sent something: whether soon enough for an ACK to have waited for it. */
export function noteAnswer(t: TcpContext, c: TcpConnection): void {
  if (t.nowMs - c.lastHeardMs < patienceMs) c.answersAtOnce = true
}

/** Sends those whose time has come. */
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
