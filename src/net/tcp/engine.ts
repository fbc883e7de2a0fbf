/**
 * The TCP engine: segments and host events in, segments and host actions out, the time given from outside.
 * Whoever calls it says `endBurst` when a batch of events is over; only then is data sent and acknowledged, so
 * that one read from the link costs one write to each host socket and one ACK per connection.
 */
import type { IpHeader } from '../ip/header.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { tcpFlag } from '../wire/tcp.ts'
import { segmentArrived } from './arrive.ts'
import { phase, type TcpConnection, type TcpFlow } from './connection.ts'
import { TcpContext, type TcpCounters, type TcpSettings, type TcpSurroundings } from './context.ts'
import { acknowledgeSoon, noteAnswer, sendDelayedAcks } from './delayed-ack.ts'
import { emitSegment } from './emit.ts'
import type { DialFailure, HostStream } from './host-stream.ts'
import { beginDials, dialFailed, dialSucceeded, openFromHost, synUndelivered } from './open.ts'
import { openWindow, passToHost } from './receive.ts'
import { timeOut } from './recovery.ts'
import { abort } from './reset.ts'
import { transmit } from './transmit.ts'

/** Of places in send buffers that are lent: how many fill one, and what is not worth a read. */
const lentPerBuffer = 4
const leastLentBytes = 64 * 1024

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
    if (t.segment.parse(packet.view, header.payloadAt, header.end)) {
      segmentArrived(t, packet, header.source, header.destination)
    } else t.counters.malformed += 1
  }

  /** Opens a connection to a guest; undefined when there is no room or no such guest can be. */
  connect(flow: TcpFlow, host: HostStream): TcpConnection | undefined {
    return openFromHost(this.#t, flow, host)
  }

  /** A guest says by ICMP that the SYN with that sequence number reached nobody. */
  synUndelivered(flow: TcpFlow, sequence: number): void {
    synUndelivered(this.#t, flow, sequence)
  }

  hostConnected(c: TcpConnection): void {
    dialSucceeded(this.#t, c)
  }

  hostFailed(c: TcpConnection, failure: DialFailure): void {
    dialFailed(this.#t, c, failure)
  }

  /** Bytes from the host; they are copied. */
  hostData(c: TcpConnection, bytes: Uint8Array, start: number, end: number): void {
    if (c.phase >= phase.timeWait || c.hostEnded) return
    c.buffer.append(bytes, start, end)
    noteAnswer(this.#t, c)
    if (c.buffer.length >= this.#sendLimit()) this.#setReading(c, false)
    this.#t.touch(c)
  }

  /**
   * A place in the send buffer to read the host's next bytes to; undefined: `hostData` is to be given them. Until
   * `hostRead` says what came, nothing else may be said of the host but that it is gone.
   */
  lend(c: TcpConnection): Uint8Array | undefined {
    const { pool, settings } = this.#t
    if (c.phase !== phase.open || c.hostEnded || pool.usedBytes >= settings.totalSendBytes) return undefined
    const limit = this.#sendLimit()
    return c.buffer.lend(limit, leastLentBytes, limit / lentPerBuffer)
  }

  /** Bytes from the host in the place that was lent last. */
  hostRead(c: TcpConnection, count: number): void {
    const t = this.#t
    const isOver = c.phase >= phase.timeWait || c.hostEnded
    c.buffer.takeBack(isOver ? 0 : count)
    if (isOver) return
    noteAnswer(t, c)
    // So that there is a place for the first bytes when reading goes on.
    const limit = this.#sendLimit()
    if (c.buffer.length + limit / lentPerBuffer > limit - leastLentBytes) this.#setReading(c, false)
    t.touch(c)
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
    const t = this.#t
    if (c.phase >= phase.timeWait) return
    t.counters.resetByHost += 1
    if (c.phase === phase.dialling) dialFailed(t, c, 'refused')
    else if (c.phase === phase.open && c.buffer.length > 0) {
      c.host = undefined
      c.resetAfterData = true
    } else abort(t, c)
  }

  /** A guest became known or reads again. */
  linkReady(): void {
    const t = this.#t
    const waiting = [...t.waitingForLink]
    t.waitingForLink.clear()
    // Whoever is first may fill the link at once: each in its turn.
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

  /** Ends every connection of the guests for which `isGone` says so: they have lost their state. */
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
    // The host's reaction to what it is given may touch further connections.
    for (let i = 0; i < touched.length; i += 1) this.#settle(touched[i]!)
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
    this.#t.wheel.advance(this.#t.nowMs, (c) => this.#due(c))
    sendDelayedAcks(this.#t)
  }

  /** Lets go of memory that is kept for the next connection. */
  trim(): void {
    this.#t.pool.trim()
  }

  #settle(c: TcpConnection): void {
    const t = this.#t
    c.isTouched = false
    if (c.phase >= phase.timeWait) return
    passToHost(c)
    if (c.phase < phase.open) return
    if (!c.isReading && c.buffer.length <= this.#sendLimit() >> 1) this.#setReading(c, true)
    transmit(t, c)
    if (c.resetAfterData && c.buffer.length === 0) {
      abort(t, c)
      return
    }
    const isWindowNews = openWindow(t, c)
    if (isWindowNews || c.isAckDue) acknowledgeSoon(t, c, isWindowNews)
    c.bytesSettled = c.bytesFromGuest
    if (c.isFinAcked && c.isFinReceived) this.#finish(c)
  }

  /** Both ends are closed (RFC 9293 section 3.6). */
  #finish(c: TcpConnection): void {
    const t = this.#t
    if (!c.isActiveClose) {
      t.forget(c)
      return
    }
    c.phase = phase.timeWait
    c.host = undefined
    c.buffer.release()
    t.timeWaits.add(c)
    t.wheel.set(c, t.nowMs + t.settings.timeWaitMs)
  }

  #due(c: TcpConnection): void {
    const t = this.#t
    if (c.phase === phase.timeWait) t.forget(c)
    else if (!timeOut(t, c)) {
      t.counters.timedOut += 1
      c.host?.reset()
      abort(t, c)
    }
  }

  /** Half of it when many are busy, so that packet memory is enough for more of them, and little when too much is held. */
  #sendLimit(): number {
    const { sendBytes, totalSendBytes } = this.#t.settings
    const { usedBytes } = this.#t.pool
    if (usedBytes >= totalSendBytes) return sendBytes >> 5
    return usedBytes < totalSendBytes >> 3 ? sendBytes : sendBytes >> 1
  }

  #setReading(c: TcpConnection, isWanted: boolean): void {
    if (c.isReading === isWanted || c.hostEnded) return
    c.isReading = isWanted
    c.host?.setReading(isWanted)
  }
}
