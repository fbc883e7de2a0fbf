/** A segment from the guest (RFC 9293 section 3.10.7), with the checks of RFC 5961 against forged ones. */
import type { PacketBuffer } from '../wire/packet.ts'
import { type TcpSegment, tcpFlag } from '../wire/tcp.ts'
import { acknowledge } from './acknowledge.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitAck, emitChallenge, emitSegment } from './emit.ts'
import { arrivedInSynSent, established, openFromGuest, readSyn } from './open.ts'
import { isAcceptable, noteDuplicate, passToHost, receive } from './receive.ts'
import { emitReset, refuse, segmentLength } from './reset.ts'
import { add, distance, isAfter } from './sequence.ts'
import { isTimely, noteTimestamp } from './timestamps.ts'

export function segmentArrived(
  t: TcpContext,
  packet: PacketBuffer,
  guestAddress: number,
  address: number,
): void {
  const { segment } = t
  const c = t.find(guestAddress, segment.sourcePort, address, segment.destinationPort)
  if (c === undefined) {
    arrivedAtNone(t, guestAddress, address)
    return
  }
  switch (c.phase) {
    case phase.open:
      arrivedInOpen(t, c, packet, segment)
      break
    case phase.dialling:
      arrivedInDialling(t, c, segment)
      break
    case phase.synSent:
      arrivedInSynSent(t, c, packet, segment)
      break
    case phase.synReceived:
      arrivedInSynReceived(t, c, packet, segment)
      break
    case phase.timeWait:
      arrivedInTimeWait(t, c, segment)
      break
  }
}

function arrivedAtNone(t: TcpContext, guestAddress: number, address: number): void {
  const { segment } = t
  const flow = { guestAddress, guestPort: segment.sourcePort, address, port: segment.destinationPort }
  const isSyn = (segment.flags & (tcpFlag.syn | tcpFlag.ack | tcpFlag.rst)) === tcpFlag.syn
  if (isSyn) openFromGuest(t, flow, segment)
  else refuse(t, flow, segment)
}

/** Retransmitted SYN, new SYN from the same port, or RST while the host dial is pending. */
function arrivedInDialling(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  const { flags, sequence } = segment
  if ((flags & tcpFlag.rst) !== 0) {
    if (sequence === c.receiveNext) resetByGuest(t, c)
  } else if ((flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn) readSyn(t, c, segment)
}

function arrivedInSynReceived(
  t: TcpContext,
  c: TcpConnection,
  packet: PacketBuffer,
  segment: TcpSegment,
): void {
  const { flags, sequence } = segment
  const isSyn = (flags & tcpFlag.syn) !== 0
  if ((flags & tcpFlag.rst) !== 0) {
    reset(t, c, segment)
    return
  }
  if (isSyn) {
    if (((sequence + 1) | 0) !== c.receiveNext) {
      emitChallenge(t, c)
      return
    }
    if ((flags & tcpFlag.ack) === 0) {
      // Our SYN-ACK was lost.
      emitSegment(t, c, c.initialSequence, tcpFlag.syn | tcpFlag.ack, 0, 0)
      return
    }
  } else if (c.hasTimestamps && !isTimely(t, c, segment)) {
    answerUntimely(t, c, segment)
    return
  } else if (!isAcceptable(c, sequence, segmentLength(segment))) {
    answerUnacceptable(t, c, segment)
    return
  }
  if ((flags & tcpFlag.ack) === 0) return
  if (segment.acknowledgment !== c.next) {
    emitReset(t, c, segment.acknowledgment, 0, tcpFlag.rst)
    return
  }
  if (c.hasTimestamps) noteTimestamp(t, c, segment)
  established(t, c, segment)
  // Simultaneous open: ignore data on the SYN; the guest retransmits it.
  if (isSyn) c.isAckDue = true
  else receive(t, c, packet, segment)
}

function arrivedInOpen(t: TcpContext, c: TcpConnection, packet: PacketBuffer, segment: TcpSegment): void {
  const { flags, sequence } = segment
  c.lastHeardMs = t.nowMs
  if ((flags & tcpFlag.rst) !== 0) {
    reset(t, c, segment)
    return
  }
  if ((flags & tcpFlag.syn) !== 0) {
    emitChallenge(t, c)
    return
  }
  if (c.hasTimestamps && !isTimely(t, c, segment)) {
    answerUntimely(t, c, segment)
    return
  }
  if (sequence !== c.receiveNext && !isAcceptable(c, sequence, segmentLength(segment))) {
    answerUnacceptable(t, c, segment)
    // RFC 9293 section 3.10.7.4: an unacceptable segment is dropped, except that its ACK is processed while our
    // window is zero.
    const isClosed = c.receiveEdge === c.receiveNext
    if (isClosed && (flags & tcpFlag.ack) !== 0 && !isAfter(sequence, c.receiveEdge))
      acknowledge(t, c, segment)
    return
  }
  if (c.hasTimestamps) noteTimestamp(t, c, segment)
  if ((flags & tcpFlag.ack) === 0) return
  if (acknowledge(t, c, segment) && c.phase === phase.open) receive(t, c, packet, segment)
}

/** RFC 5961 section 3.2: only the exact sequence number resets; any other in-window RST gets a challenge ACK. */
function reset(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (segment.sequence === c.receiveNext) resetByGuest(t, c)
  else if (isAcceptable(c, segment.sequence, segmentLength(segment))) emitChallenge(t, c)
}

/** Delivers the data received earlier in this burst, then resets the host socket. */
function resetByGuest(t: TcpContext, c: TcpConnection): void {
  t.counters.resetByGuest += 1
  passToHost(c)
  c.host?.reset()
  t.forget(c)
}

/**
 * A duplicate data segment means that our ACK was lost, so it is always ACKed. An empty segment (keepalive) is
 * also ACKed, but rate-limited to prevent ACK loops.
 */
function answerUnacceptable(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  const { sequence } = segment
  const length = segmentLength(segment)
  if (length === 0) {
    emitChallenge(t, c)
    return
  }
  // With a zero window, part of the segment may be new data.
  const old = Math.min(length, distance(sequence, c.receiveNext))
  if (old > 0) noteDuplicate(c, sequence, add(sequence, old))
  emitAck(t, c)
}

/**
 * RFC 7323 sections 3.2 and 5.3: a segment with an old timestamp is ACKed like any unacceptable segment; one
 * without a timestamp is dropped.
 */
function answerUntimely(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  t.counters.untimely += 1
  if (!segment.hasTimestamps) return
  if (segmentLength(segment) === 0) emitChallenge(t, c)
  else emitAck(t, c)
}

/** RFC 9293 section 3.10.7.4 for TIME-WAIT, and its reuse by a newer SYN (section 3.6.1, MAY-2). */
function arrivedInTimeWait(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  const { flags, sequence } = segment
  // RFC 1337: ignore RST in TIME-WAIT; it may be an old duplicate.
  if ((flags & tcpFlag.rst) !== 0) return
  const isNewSyn = (flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn && isAfter(sequence, c.receiveNext)
  if (isNewSyn) {
    const { guestAddress, guestPort, address, port } = c
    t.forget(c)
    openFromGuest(t, { guestAddress, guestPort, address, port }, segment)
    return
  }
  if ((flags & tcpFlag.fin) !== 0) {
    emitAck(t, c)
    t.wheel.set(c, t.nowMs + t.settings.timeWaitMs)
    return
  }
  // Do not ACK an in-order empty segment: the guest may be in TIME-WAIT too, and would ACK it again.
  if (sequence !== c.receiveNext || segmentLength(segment) > 0) emitChallenge(t, c)
}
