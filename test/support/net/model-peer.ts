/**
 * A minimal TCP for the other end of simulations, independent of the engine: offsets are plain numbers from 0,
 * sending is go-back-N, receiving keeps a flag per byte. It may read slowly, which closes its window; it may
 * shrink the window and renege on SACKed data, as receivers may. It throws when the engine breaks a rule that
 * holds under any loss.
 */
import type { ModelOptions, ModelSurroundings } from './model-options.ts'
import { OfferedWindow } from './offered-window.ts'
import { ReceivedBytes } from './received-bytes.ts'
import type { SegmentText, TextSegment } from './segments.ts'
import { SlowReader } from './slow-reader.ts'

const rtoMs = 400
const keepaliveMs = 5000

export class ModelPeer {
  readonly #o: ModelOptions
  readonly #send: (segment: SegmentText) => void
  readonly #random: () => number
  state: 'listening' | 'syn-sent' | 'syn-received' | 'open' | 'closed' | 'reset'
  readonly #buffer: ReceivedBytes
  readonly #reader: SlowReader
  #theirIsn = 0
  #theirFin = -1
  #finTaken = false
  #una = 0
  #next = 0
  /** Highest offset ever sent. */
  #max = 0
  #peerWindow = 0
  #peerShift = 0
  #duplicates = 0
  #timerMs = 0
  #heardMs: number
  #nowMs: number
  readonly #offered = new OfferedWindow()

  constructor(options: ModelOptions, { send, random, nowMs }: ModelSurroundings) {
    this.#o = options
    this.#send = send
    this.#random = random
    this.#nowMs = nowMs
    this.#heardMs = nowMs
    this.#buffer = new ReceivedBytes(options.mostReceived)
    this.#reader = new SlowReader(options, nowMs)
    this.state = options.opens ? 'syn-sent' : 'listening'
    if (options.opens) this.#sendSyn()
  }

  /** All in-order data received. */
  get bytes(): Uint8Array {
    return this.#buffer.bytes
  }

  get received(): number {
    return this.#buffer.length
  }

  get isDone(): boolean {
    return this.state === 'closed' || this.state === 'reset'
  }

  /** When to call `tick` next. */
  get nextMs(): number {
    if (this.isDone) return Number.POSITIVE_INFINITY
    const timer = this.#timerMs > this.#nowMs ? this.#timerMs : this.#nowMs + 1
    return Math.min(timer, this.#reader.nextMs(this.received), this.#heardMs + keepaliveMs)
  }

  tick(nowMs: number): void {
    const isOpen = !this.isDone && this.state !== 'listening'
    const before = this.#reader.position
    this.#reader.advance(nowMs, this.received, isOpen)
    this.#nowMs = nowMs
    if (!isOpen) return
    const isOpening = this.#offered.isClosed && this.#reader.position > before
    if (isOpening && this.#window() > this.#o.receiveBytes / 2) this.#ack()
    if (nowMs >= this.#heardMs + keepaliveMs && this.state === 'open') {
      this.#heardMs = nowMs
      this.#transmit({ flags: 'A', seq: this.#una - 1 })
    }
    if (nowMs < this.#timerMs) return
    if (this.state !== 'open') this.#sendSyn()
    else if (this.#una < this.#end) {
      this.#next = this.#una
      if (this.#peerWindow === 0 && this.#maySend) this.#sendData(1)
      this.#loop()
      this.#timerMs = nowMs + rtoMs
    } else this.#timerMs = nowMs + rtoMs
  }

  /** The peer's program dies. */
  reset(): void {
    if (this.isDone || this.state === 'listening') return
    this.state = 'reset'
    this.#send({ flags: 'RA', seq: (this.#o.isn + 1 + this.#bare) | 0, ack: this.#acknowledgment })
  }

  arrive(segment: TextSegment): void {
    this.#heardMs = this.#nowMs
    if (segment.flags.includes('R')) {
      if (this.state !== 'closed') this.state = 'reset'
      return
    }
    if (this.state === 'closed') {
      // Our last ACK was lost.
      if (segment.flags.includes('F') || segment.payload.length > 0) this.#ack()
      return
    }
    if (this.state === 'reset') {
      if (segment.flags.includes('A')) this.#send({ flags: 'R', seq: segment.ack })
      return
    }
    if (this.state === 'open') this.#arriveInOpen(segment)
    else this.#arriveBefore(segment)
  }

  #arriveInOpen(segment: TextSegment): void {
    if (segment.flags.includes('S')) {
      this.#ack()
      return
    }
    this.#takeAck(segment)
    this.#takeText(segment)
    this.#loop()
    if (this.#una === this.#end && this.#finTaken) this.state = 'closed'
  }

  #arriveBefore(segment: TextSegment): void {
    const { flags, seq, ack, window } = segment
    const isSyn = flags.includes('S')
    if (this.state === 'syn-received' && !isSyn && flags.includes('A')) {
      if (ack !== ((this.#o.isn + 1) | 0)) return
      this.state = 'open'
      this.#peerWindow = window << this.#peerShift
      this.#arriveInOpen(segment)
      return
    }
    if (!isSyn || (this.state === 'syn-sent') !== flags.includes('A')) return
    this.#theirIsn = seq
    this.#peerShift = this.#o.windowShift === undefined ? 0 : (segment.windowShift ?? 0)
    this.#peerWindow = window
    if (this.state === 'syn-sent') {
      this.state = 'open'
      this.#ack()
      this.#loop()
      return
    }
    this.state = 'syn-received'
    this.#sendSyn()
  }

  /** End of data and FIN. */
  get #end(): number {
    return this.#o.toSend.length + 1
  }

  get #maySend(): boolean {
    return !this.#o.isLast || this.#finTaken
  }

  #takeAck(segment: TextSegment): void {
    const acked = ((segment.ack - this.#o.isn - 1) | 0) - this.#una
    if (this.#una + acked > this.#max) throw new Error('it acknowledges what was never sent')
    const window = segment.window << this.#peerShift
    if (acked > 0) {
      this.#una += acked
      this.#next = Math.max(this.#next, this.#una)
      this.#duplicates = 0
      this.#timerMs = this.#nowMs + rtoMs
    } else if (segment.payload.length === 0 && window === this.#peerWindow && this.#una < this.#next) {
      this.#duplicates += 1
      if (this.#duplicates === 3) this.#next = this.#una
    }
    if (acked >= 0) this.#peerWindow = window
  }

  #takeText(segment: TextSegment): void {
    const { payload, flags } = segment
    const offset = (segment.seq - this.#theirIsn - 1) | 0
    const end = offset + payload.length
    // At most one byte may exceed the window, as a probe.
    const mostEnd = Math.max(this.#offered.farthestEdge, this.received + 1)
    if (payload.length > 0 && end > mostEnd)
      throw new Error(`it sends beyond the window: ${offset} to ${end} beyond ${mostEnd}, ${this.received}`)
    if (payload.length > 0 && end > this.#o.mostReceived)
      throw new Error('it sends more than the host gave it')
    const limit = Math.floor(this.#reader.position) + this.#o.receiveBytes
    this.#buffer.take(payload, offset, limit)
    if (flags.includes('F')) this.#theirFin = end
    if (this.#random() < this.#o.reneges) this.#buffer.renege()
    if (this.#theirFin === this.received) this.#finTaken = true
    if (payload.length > 0 || flags.includes('F') || offset < this.received) this.#ack()
  }

  #loop(): void {
    if (this.state !== 'open' || !this.#maySend) return
    const limit = this.#una + this.#peerWindow
    while (this.#next < this.#end && (this.#next < limit || this.#next === this.#o.toSend.length)) {
      if (this.#una === this.#next) this.#timerMs = this.#nowMs + rtoMs
      this.#sendData(Math.max(0, Math.min(this.#o.mss, limit - this.#next)))
    }
  }

  #sendData(most: number): void {
    const payload = this.#o.toSend.subarray(this.#next, this.#next + most)
    const isLast = this.#next + payload.length === this.#o.toSend.length
    const seq = this.#next
    this.#next += payload.length + (isLast ? 1 : 0)
    this.#max = Math.max(this.#max, this.#next)
    this.#transmit({ flags: isLast ? 'FA' : 'A', payload, seq })
  }

  #ack(): void {
    this.#transmit({ flags: 'A', seq: this.#bare })
  }

  /** Sequence number of a segment without data: within the window, or it would be dropped. */
  get #bare(): number {
    return Math.min(this.#max, this.#una + this.#peerWindow)
  }

  get #acknowledgment(): number {
    return (this.#theirIsn + 1 + this.received + (this.#finTaken ? 1 : 0)) | 0
  }

  #window(): number {
    return Math.floor(this.#o.receiveBytes - (this.received - this.#reader.position))
  }

  #transmit(segment: SegmentText & { seq: number }): void {
    const room = this.#random() < this.#o.shrinks ? this.#window() >> 1 : this.#window()
    const window = this.#offered.offer(this.received, room, this.#o)
    const absolute = (at: number) => (this.#theirIsn + 1 + at) | 0
    const blocks = this.#o.sackPermitted ? this.#buffer.blocks() : []
    const sack = blocks.map(([from, to]): [number, number] => [absolute(from), absolute(to)])
    const seq = (this.#o.isn + 1 + segment.seq) | 0
    this.#send({ ...segment, seq, ack: this.#acknowledgment, window, sack })
  }

  #sendSyn(): void {
    const { mss, windowShift, sackPermitted, isn, receiveBytes } = this.#o
    const scale = windowShift === undefined ? {} : { windowShift }
    const window = Math.min(0xffff, receiveBytes)
    this.#offered.farthestEdge = window
    const answer = this.state === 'syn-received' ? { flags: 'SA', ack: this.#acknowledgment } : { flags: 'S' }
    this.#send({ ...answer, seq: isn, window, mss, sackPermitted, ...scale })
    this.#timerMs = this.#nowMs + rtoMs
  }
}
