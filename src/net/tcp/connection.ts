/**
 * A TCP connection between a guest and a host socket, with the variables of RFC 9293 section 3.3.1 and of the
 * RFCs on loss recovery. "Send" is towards the guest. All sequence numbers are signed 32-bit (sequence.ts).
 */
import type { FlowHeader, TcpFlow } from '../core/flow.ts'
import type { HostStream } from '../core/host-stream.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { RingPool } from '../storage/ring-pool.ts'
import { SendBuffer } from '../storage/send-buffer.ts'
import type { Timed } from '../storage/timer-wheel.ts'
import { sumOfWord } from '../wire/checksum.ts'
import { protocol } from '../wire/ipv4.ts'
import { Iov } from './iov.ts'
import { Reassembly } from './reassembly.ts'
import { Scoreboard } from './scoreboard.ts'

/**
 * Phase of a connection. Closing is tracked separately for each end: `hostEnded` with `isFinSent`, and
 * `isFinReceived`. `stateName` combines them into the RFC's state.
 */
export const phase = {
  /** The guest's SYN waits for the dial to the host. */
  dialling: 0,
  synSent: 1,
  synReceived: 2,
  open: 3,
  timeWait: 4,
  closed: 5,
} as const

export class TcpConnection implements Timed, TcpFlow {
  readonly guestAddress: number
  readonly guestPort: number
  readonly address: number
  readonly port: number
  readonly neighbour: Neighbour
  readonly isFromGuest: boolean
  /** Remaining hops of the guest's SYN if it has a low TTL, as from traceroute; 0: use the host's default TTL. */
  hopsLeft = 0
  host: HostStream | undefined
  phase: number

  // Sending
  readonly buffer: SendBuffer
  initialSequence = 0
  una = 0
  next = 0
  /** Highest sequence number that was ever sent, plus one. */
  max = 0
  /** Bytes, scaled. */
  peerWindow = 0
  maxPeerWindow = 0
  windowSequence = 0
  windowAcknowledgment = 0
  peerShift = 0
  maxSegmentBytes = 536
  /** Segment size before repeated timeouts reduced it; 0: not reduced. */
  suspectedBytes = 0
  isSackPermitted = false
  /** Both ends send timestamps (RFC 7323 section 3.2). */
  hasTimestamps = false
  /** Our timestamp at clock zero: a per-connection secret (RFC 7323 section 7.1). */
  timestampOffset = 0
  /** TS.Recent: the timestamp to echo, and when it was received. */
  recentTimestamp = 0
  recentTimestampAtMs = 0
  /** Last.ACK.sent. */
  acknowledgedTo = 0
  /** The host sends no more: FIN after the buffer. */
  hostEnded = false
  isFinSent = false
  isFinAcked = false
  /** Our FIN was sent before the guest's arrived, so we enter TIME-WAIT. */
  isActiveClose = false
  /** The host socket was reset; send RST once the guest has received the earlier data. */
  resetAfterData = false

  // Recovery
  readonly scoreboard: Scoreboard = new Scoreboard()
  congestionWindow = 0
  slowStartThreshold = 0x7fff_ffff
  duplicateAcks = 0
  isRecovering = false
  /** Recovery ends when this sequence number is acknowledged. */
  recoverTo = 0
  /** Holes before this sequence number were retransmitted in this recovery. */
  retransmitNext = 0
  smoothedRttMs = -1
  rttVarianceMs = 0
  rtoMs = 1000
  timedSequence = 0
  /** -1: no segment is being timed. */
  timedAtMs = -1
  /** Consecutive timeouts. */
  retries = 0

  // Receiving
  readonly reassembly: Reassembly = new Reassembly()
  receiveNext = 0
  /** Right edge of the advertised window. */
  receiveEdge = 0
  ourShift = 0
  isFinReceived = false
  isHostEndPassed = false
  /** An out-of-order FIN. */
  hasEarlyFin = false
  earlyFin = 0
  readonly iov: Iov = new Iov()
  /** Duplicate data not yet reported by D-SACK; empty if both are equal. */
  duplicateFrom = 0
  duplicateTo = 0

  // Bookkeeping
  isReading = false
  isAckDue = false
  isAckDelayed = false
  /** A gap was filled: ACK without delay (RFC 5681 section 4.2). */
  isAckUrgent = false
  /** The host answered the guest within the delayed-ACK time. */
  answersAtOnce = false
  /** `bytesFromGuest` before the current burst. */
  bytesSettled = 0
  isTouched = false
  isWaitingForLink = false
  challengedAtMs: number = Number.NEGATIVE_INFINITY
  lastHeardMs = 0
  bytesFromGuest = 0
  bytesToGuest = 0
  retransmissions = 0
  /** IPv6 header template, complete except for the length. */
  readonly header6: Uint8Array | undefined
  /** Partial checksums over the constant header fields. */
  readonly ipSum: number
  readonly tcpSum: number

  deadlineMs = 0
  wheelTick = -1
  wheelNext: Timed | undefined = undefined
  wheelPrevious: Timed | undefined = undefined

  constructor(
    flow: TcpFlow,
    to: { neighbour: Neighbour; header6: FlowHeader | undefined },
    isFromGuest: boolean,
    pool: RingPool,
  ) {
    const { neighbour, header6 } = to
    this.guestAddress = flow.guestAddress
    this.guestPort = flow.guestPort
    this.address = flow.address
    this.port = flow.port
    this.neighbour = neighbour
    this.isFromGuest = isFromGuest
    this.phase = isFromGuest ? phase.dialling : phase.synSent
    this.buffer = new SendBuffer(pool)
    this.header6 = header6?.bytes
    const addresses = header6?.addressSum ?? sumOfWord(this.address) + sumOfWord(this.guestAddress)
    // Version and header length, DF, TTL and protocol.
    this.ipSum = addresses + 0x4500 + 0x4000 + ((64 << 8) | protocol.tcp)
    this.tcpSum = addresses + protocol.tcp + this.port + this.guestPort
  }
}

/** State name of RFC 9293 section 3.3.2; `DIALLING` precedes them. */
export function stateName(c: TcpConnection): string {
  switch (c.phase) {
    case phase.dialling:
      return 'DIALLING'
    case phase.synSent:
      return 'SYN-SENT'
    case phase.synReceived:
      return 'SYN-RECEIVED'
    case phase.timeWait:
      return 'TIME-WAIT'
    case phase.closed:
      return 'CLOSED'
    default:
      if (!c.isFinSent) return c.isFinReceived ? 'CLOSE-WAIT' : 'ESTABLISHED'
      if (!c.isFinReceived) return c.isFinAcked ? 'FIN-WAIT-2' : 'FIN-WAIT-1'
      return c.isActiveClose ? 'CLOSING' : 'LAST-ACK'
  }
}
