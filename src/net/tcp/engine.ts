/**
 * TCP engine: consumes segments and host events, emits segments and host actions; the caller provides the time.
 * The caller ends a batch of events with `endBurst`. Data is sent and acknowledged only then, so one read from
 * the link costs one write per host socket and one ACK per connection.
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
import { hostIsReset, lendMore, lendPlace, takeBackPlace, takeHostData } from './host-input.ts'
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

  /** Monotonic time of the following calls, in milliseconds. */
  set nowMs(nowMs: number) {
    this.#t.nowMs = nowMs
  }

  /** Processes a TCP packet from a guest. `header` contains the offsets and addresses. */
  packetArrived(packet: PacketBuffer, header: IpHeader): void {
    const t = this.#t
    t.ttl = header.ttl
    if (t.segment.parse(packet.view, header.payloadAt, header.end)) {
      segmentArrived(t, packet, header.source, header.destination)
    } else t.counters.malformed += 1
  }

  /** Opens a connection to a guest; undefined if the table is full or no guest can have the address. */
  connect(flow: TcpFlow, host: HostStream): TcpConnection | undefined {
    return openFromHost(this.#t, flow, host)
  }

  /** An ICMP error from a guest reports that our SYN was not delivered. */
  synUndelivered(quoted: QuotedSegment, from: Neighbour): void {
    synUndelivered(this.#t, quoted, from)
  }

  /** An ICMP error from a guest reports that our segment exceeds the `mtu` of the next hop. */
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

  /** @param failure reason reported by a router or derived from the host's errno. */
  hostFailed(c: TcpConnection, failure: DialFailure | IcmpFailure): void {
    dialFailed(this.#t, c, failure)
  }

  /** Bytes from the host; they are copied. */
  hostData(c: TcpConnection, bytes: Uint8Array, start: number, end: number): void {
    takeHostData(this.#t, c, bytes, start, end)
  }

  /**
   * Lends a region of the send buffer for the host's next bytes; undefined: use `hostData`. Between `lend` and
   * `hostRead`, the only valid host event is `hostReset`.
   */
  lend(c: TcpConnection): Uint8Array | undefined {
    return lendPlace(this.#t, c)
  }

  /** A second region that continues the lent one, for a read into both; undefined: there is none. */
  lendMore(c: TcpConnection): Uint8Array | undefined {
    return lendMore(this.#t, c)
  }

  /** Takes bytes from the host that were read into the lent regions. */
  hostRead(c: TcpConnection, count: number): void {
    takeBackPlace(this.#t, c, count)
  }

  /** The host sends no more; pending data is delivered first. */
  hostEnded(c: TcpConnection): void {
    c.hostEnded = true
    this.#t.touch(c)
  }

  /** The host accepted the queued data: the window may open. */
  hostDrained(c: TcpConnection): void {
    this.#t.touch(c)
  }

  /** The host socket was reset. Data received before still reaches the guest. */
  hostReset(c: TcpConnection): void {
    hostIsReset(this.#t, c)
  }

  /** A guest was resolved, or its link is no longer blocked. */
  linkReady(): void {
    const t = this.#t
    const waiting = [...t.waitingForLink]
    t.waitingForLink.clear()
    // The first connection may fill the link alone: round robin.
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
   * The link of a guest has reconnected. The guest may have lost its connections meanwhile, so idle ones get a
   * keepalive (RFC 9293 section 3.8.4), which the guest answers with an ACK or RST.
   */
  guestIsBack(neighbour: Neighbour): void {
    const t = this.#t
    for (const c of t.table.values()) {
      if (c.neighbour !== neighbour || c.phase !== phase.open || c.una !== c.max) continue
      emitSegment(t, c, add(c.una, -1), tcpFlag.ack, 0, 0)
    }
  }

  /** Aborts all connections for which `isGone` is true: their guests lost their state. */
  abortAll(isGone: (c: TcpConnection) => boolean): void {
    for (const c of [...this.#t.table.values()]) {
      if (!isGone(c)) continue
      c.host?.reset()
      abort(this.#t, c)
    }
  }

  /** Processes the events since the last call. */
  endBurst(): void {
    beginDials(this.#t)
    const { touched } = this.#t
    // The host's reaction to the data may affect further connections.
    for (let i = 0; i < touched.length; i += 1) settle(this.#t, touched[i]!)
    touched.length = 0
    this.#t.lastRun = undefined
  }

  /** When to call `advance` next. */
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

  /** Releases memory cached for the next connection. */
  trim(): void {
    this.#t.pool.trim()
  }
}
