/**
 * A TCP for the other end of simulations, written apart from the engine and as plainly as possible: offsets are
 * ordinary numbers from 0, sending is go-back-N, receiving keeps a flag per byte. It may be slow to read, and
 * then closes its window.
 */
import type { SegmentText, TextSegment } from './segments.ts'

export interface ModelOptions {
  toSend: Uint8Array
  receiveBytes: number
  /** Bytes its application reads per millisecond. */
  readRate: number
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  isn: number
}

const rtoMs = 400

export class ModelPeer {
  readonly #o: ModelOptions
  readonly #send: (segment: SegmentText) => void
  state: 'syn-sent' | 'open' | 'closed' | 'reset' = 'syn-sent'
  /** Everything that came, in order, as far as there is no gap. */
  received: number[] = []
  #ahead = new Map<number, number>()
  #read = 0
  #theirIsn = 0
  #theirFin = -1
  #finTaken = false
  #una = 0
  #next = 0
  #peerWindow = 0
  #peerShift = 0
  #duplicates = 0
  #timerMs = 0
  #nowMs: number
  #closedWindow = false

  constructor(options: ModelOptions, send: (segment: SegmentText) => void, nowMs: number) {
    this.#o = options
    this.#send = send
    this.#nowMs = nowMs
    this.#sendSyn()
  }

  get isDone(): boolean {
    return this.state === 'closed' || this.state === 'reset'
  }

  tick(nowMs: number): void {
    const elapsed = nowMs - this.#nowMs
    this.#nowMs = nowMs
    if (this.isDone) return
    const before = this.#read
    this.#read = Math.min(this.received.length, this.#read + elapsed * this.#o.readRate)
    if (this.#closedWindow && this.#read - before > 0 && this.#window() > this.#o.receiveBytes / 2)
      this.#ack()
    if (nowMs < this.#timerMs) return
    if (this.state === 'syn-sent') this.#sendSyn()
    else if (this.#una < this.#end) {
      this.#next = this.#una
      if (this.#peerWindow === 0) this.#sendData(1)
      this.#pump()
      this.#timerMs = nowMs + rtoMs
    }
  }

  arrive(segment: TextSegment): void {
    if (this.isDone) return
    if (segment.flags.includes('R')) {
      this.state = 'reset'
      return
    }
    if (this.state === 'syn-sent') {
      if (segment.flags !== 'SA') return
      this.#theirIsn = segment.seq
      this.#peerShift = this.#o.windowShift === undefined ? 0 : (segment.windowShift ?? 0)
      this.#peerWindow = segment.window
      this.state = 'open'
      this.#ack()
      this.#pump()
      return
    }
    if (segment.flags.includes('S')) {
      this.#ack()
      return
    }
    this.#takeAck(segment)
    this.#takeText(segment)
    this.#pump()
    if (this.#una === this.#end && this.#finTaken) this.state = 'closed'
  }

  /** Data and FIN. */
  get #end(): number {
    return this.#o.toSend.length + 1
  }

  #takeAck(segment: TextSegment): void {
    const acked = ((segment.ack - this.#o.isn - 1) | 0) - this.#una
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
    const offset = (segment.seq - this.#theirIsn - 1) | 0
    const limit = this.#read + this.#o.receiveBytes
    segment.payload.forEach((byte, i) => {
      const at = offset + i
      if (at >= this.received.length && at < limit) this.#ahead.set(at, byte)
    })
    if (segment.flags.includes('F')) this.#theirFin = offset + segment.payload.length
    for (let byte = this.#ahead.get(this.received.length); byte !== undefined; ) {
      this.#ahead.delete(this.received.length)
      this.received.push(byte)
      byte = this.#ahead.get(this.received.length)
    }
    if (this.#theirFin === this.received.length) this.#finTaken = true
    if (segment.payload.length > 0 || segment.flags.includes('F') || offset < this.received.length)
      this.#ack()
  }

  #pump(): void {
    if (this.state !== 'open') return
    const limit = this.#una + this.#peerWindow
    while (this.#next < this.#end && (this.#next < limit || this.#next === this.#o.toSend.length)) {
      if (this.#una === this.#next) this.#timerMs = this.#nowMs + rtoMs
      this.#sendData(Math.max(0, Math.min(this.#o.mss, limit - this.#next)))
    }
  }

  #sendData(most: number): void {
    const payload = this.#o.toSend.subarray(this.#next, this.#next + most)
    const isLast = this.#next + payload.length === this.#o.toSend.length
    this.#transmit({ flags: isLast ? 'FA' : 'A', payload, seq: this.#next })
    this.#next += payload.length + (isLast ? 1 : 0)
  }

  #ack(): void {
    this.#transmit({ flags: 'A', seq: this.#next })
  }

  #window(): number {
    return Math.floor(this.#o.receiveBytes - (this.received.length - this.#read))
  }

  #transmit(segment: SegmentText & { seq: number }): void {
    const window = Math.min(0xffff, this.#window() >> (this.#o.windowShift ?? 0))
    this.#closedWindow = window << (this.#o.windowShift ?? 0) < this.#o.mss
    const ack = (this.#theirIsn + 1 + this.received.length + (this.#finTaken ? 1 : 0)) | 0
    const sack = this.#o.sackPermitted ? this.#blocks() : []
    this.#send({ ...segment, seq: (this.#o.isn + 1 + segment.seq) | 0, ack, window, sack })
  }

  #blocks(): [number, number][] {
    const blocks: [number, number][] = []
    for (const at of [...this.#ahead.keys()].sort((a, b) => a - b)) {
      const last = blocks.at(-1)
      if (last?.[1] === at) last[1] += 1
      else blocks.push([at, at + 1])
    }
    const absolute = (at: number) => (this.#theirIsn + 1 + at) | 0
    return blocks.slice(0, 3).map(([from, to]) => [absolute(from), absolute(to)])
  }

  #sendSyn(): void {
    const { mss, windowShift, sackPermitted, isn } = this.#o
    const scale = windowShift === undefined ? {} : { windowShift }
    this.#send({ flags: 'S', seq: isn, mss, sackPermitted, ...scale })
    this.#timerMs = this.#nowMs + rtoMs
  }
}
