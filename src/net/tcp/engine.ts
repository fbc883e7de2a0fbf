/**
 * The TCP engine: segments and host events in, segments and host actions out, the time given from outside. The caller
 * signals the end of a batch of events by `endBurst`; only then is data sent and acknowledged, so that one read from the
 * link costs one write to each host socket and one ACK per connection.
 */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { QuotedSegment, TcpFlow } from '../core/flow.ts'
import type { HostStream } from '../core/host-stream.ts'
import type { IpHeader } from '../core/ip-header.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { tcpFlag } from '../wire/tcp.ts'
import { settle } from './burst-end.ts'
import { phase, type TcpConnection } from './connection.ts'
import { TcpContext, type TcpCounters, type TcpSettings, type TcpSurroundings } from './context.ts'
import { sendDelayedAcks } from './delayed-ack.ts'
import { emitSegment } from './emit.ts'
import { hostIsReset, lendPlace, takeBackPlace, takeHostData } from './host-input.ts'
import { segmentArrived } from './input.ts'
import { beginDials, dialFailed, dialSucceeded, openFromHost, synUndelivered } from './open.ts'
import { segmentTooBig } from './path-mtu.ts'
import { abort, acknowledgeSyn } from './reset.ts'
import { add } from './sequence.ts'
import { timerExpired } from './timer.ts'

export class TcpEngine {
  readonly #t: TcpContext

  constructor(settings: TcpSettings, around: TcpSurroundings, nowMs: number) {
    this.#t = new TcpContext(settings, around, nowMs)
  }

  get counters(): TcpCounters {
    return this.#t.counters
  }

  get size(): number {
    return this.#t.table.size
  }

  /** Bytes held for guests that have not acknowledged them. */
  get bufferedBytes(): number {
    return this.#t.pool.usedBytes
  }

  connections(): IterableIterator<TcpConnection> {
    return this.#t.table.values()
  }

  isFree(flow: TcpFlow): boolean {
    return this.#t.isFree(flow)
  }

  /** The time of what follows, milliseconds, never backwards. */
  set nowMs(nowMs: number) {
    this.#t.nowMs = nowMs
  }

  /** A TCP packet from a guest; the header says where. */
  packetArrived(packet: PacketBuffer, header: IpHeader): void {
    const t = this.#t
    t.ttl = header.ttl
    if (t.segment.parse(packet.view, header.payloadAt, header.end)) {
      segmentArrived(t, packet, header.source, header.destination)
    } else t.counters.malformed += 1
  }

  /** Opens a connection to a guest; undefined when there is no room or no such guest can be. */
  connect(flow: TcpFlow, host: HostStream): TcpConnection | undefined {
    return openFromHost(this.#t, flow, host)
  }

  /** A guest says by ICMP that our SYN reached nobody. */
  synUndelivered(quoted: QuotedSegment, from: Neighbour): void {
    synUndelivered(this.#t, quoted, from)
  }

  /** A guest says by ICMP that our segment exceeds the `mtu` of the next hop. */
  segmentTooBig(quoted: QuotedSegment, from: Neighbour, mtu: number): void {
    segmentTooBig(this.#t, quoted, from, mtu)
  }

  hostConnected(c: TcpConnection): void {
    dialSucceeded(this.#t, c)
  }

  /** Keeps a connection that will be refused in the guest's conntrack. */
  acknowledgeSyn(c: TcpConnection): void {
    acknowledgeSyn(this.#t, c)
  }

  /** @param failure what someone on the way said, or what the host makes of it. */
  hostFailed(c: TcpConnection, failure: DialFailure | IcmpFailure): void {
    dialFailed(this.#t, c, failure)
  }

  /** Bytes from the host; they are copied. */
  hostData(c: TcpConnection, bytes: Uint8Array, start: number, end: number): void {
    takeHostData(this.#t, c, bytes, start, end)
  }

  /**
   * A place in the send buffer to read the host's next bytes to; undefined: `hostData` is to be given them. Until
   * `hostRead` says what came, nothing else may be said of the host but that it is gone.
   */
  lend(c: TcpConnection): Uint8Array | undefined {
    return lendPlace(this.#t, c)
  }

  /** Bytes from the host in the place that was lent last. */
  hostRead(c: TcpConnection, count: number): void {
    takeBackPlace(this.#t, c, count)
  }

  /** The host sends no more; what it sent is delivered first. */
  hostEnded(c: TcpConnection): void {
    c.hostEnded = true
    this.#t.touch(c)
  }

  /** The host took what was queued: the guest's window may open. */
  hostDrained(c: TcpConnection): void {
    this.#t.touch(c)
  }

  /** The host's end is gone. What it had sent before still reaches the guest. */
  hostReset(c: TcpConnection): void {
    hostIsReset(this.#t, c)
  }

  /** A guest became known or reads again. */
  linkReady(): void {
    const t = this.#t
    const waiting = [...t.waitingForLink]
    t.waitingForLink.clear()
    // The first one may fill the link alone: round robin.
    if (waiting.length > 1) waiting.push(waiting.shift()!)
    for (const c of waiting) {
      c.isWaitingForLink = false
      if (c.phase >= phase.open) t.touch(c)
      else {
        const flags = tcpFlag.syn | (c.phase === phase.synReceived ? tcpFlag.ack : 0)
        emitSegment(t, c, c.initialSequence, flags, 0, 0)
      }
    }
  }

  /**
   * The link of a guest has been away. It may have lost its connections meanwhile, so that those with nothing on its way
   * are asked for as a keepalive would (RFC 9293 section 3.8.4): it answers with an ACK or a reset.
   */
  guestIsBack(neighbour: Neighbour): void {
    const t = this.#t
    for (const c of t.table.values()) {
      if (c.neighbour !== neighbour || c.phase !== phase.open || c.una !== c.max) continue
      emitSegment(t, c, add(c.una, -1), tcpFlag.ack, 0, 0)
    }
  }

  /** Ends every connection of guests for which `isGone` is true: they lost their state. */
  abortAll(isGone: (c: TcpConnection) => boolean): void {
    for (const c of [...this.#t.table.values()]) {
      if (!isGone(c)) continue
      c.host?.reset()
      abort(this.#t, c)
    }
  }

  /** Does what the events since the last time call for. */
  endBurst(): void {
    beginDials(this.#t)
    const { touched } = this.#t
    // The host's reaction to the data may affect further connections.
    for (let i = 0; i < touched.length; i += 1) settle(this.#t, touched[i]!)
    touched.length = 0
    this.#t.lastRun = undefined
  }

  /** When `advance` is to be called next. */
  get nextMs(): number | undefined {
    const { delayedAcks, delayedAcksMs, dialQueue, nowMs, wheel } = this.#t
    if (dialQueue.size > 0) return nowMs
    const { nextMs } = wheel
    if (delayedAcks.length === 0) return nextMs
    return Math.min(delayedAcksMs, nextMs ?? delayedAcksMs)
  }

  advance(): void {
    this.#t.wheel.advance(this.#t.nowMs, (c) => timerExpired(this.#t, c))
    sendDelayedAcks(this.#t)
  }

  /** Releases memory that is kept for the next connection. */
  trim(): void {
    this.#t.pool.trim()
  }
}
