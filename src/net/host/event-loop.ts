/**
 * Where the outside meets the stack: every event of a socket is put between `begin` and `end`, which give the
 * stack the time, let it do what the event calls for, and arm the one timer.
 */
import { Batches } from '../link/batches.ts'
import { Captures } from '../pcap/captures.ts'
import type { Stack } from '../stack.ts'
import { idleHeap } from './idle-heap.ts'
import { releaseIdleMemory } from './idle-memory.ts'
import { addressOf } from './linux/libc.ts'
import { Readiness } from './linux/readiness.ts'
import { Inbox } from './linux/recvmmsg.ts'
import { Outbox } from './linux/sendmmsg.ts'
import { Gather } from './linux/writev.ts'

/** Memory that was not needed for a while goes back; what is busy takes it again at once. */
const trimAfterMs = 3000

/** Memory that a host socket may write to now. */
export interface LentPlace {
  /** Takes it back when nothing has come since the last call. */
  reclaimIfIdle(): void
}

export class EventLoop {
  readonly stack: Stack
  readonly batches: Batches = new Batches()
  readonly captures: Captures = new Captures(wallClockNs)
  /** Undefined where the system has no way. */
  readonly gather: Gather | undefined = Gather.shared()
  /** One buffer for whatever any host socket has for us: it is used up before the next one is read. */
  readonly readBuffer: Uint8Array = new Uint8Array(256 * 1024)
  readonly readBufferAt: number = addressOf(this.readBuffer)
  /** Of host sockets that read into a send buffer now. */
  readonly lentPlaces: Set<LentPlace> = new Set()
  /** For descriptors that Node does not have; undefined where the system has no way. */
  readonly readiness: Readiness | undefined = Readiness.open(this)
  readonly inbox: Inbox = new Inbox()
  readonly outbox: Outbox = new Outbox()
  #depth = 0
  #timer: NodeJS.Timeout | undefined
  #timerMs = 0
  #trimTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(stack: Stack) {
    this.stack = stack
  }

  begin(): Stack {
    if (this.#depth === 0) this.stack.nowMs = clockMs()
    this.#depth += 1
    return this.stack
  }

  end(): void {
    // What happens while an event is handled belongs to it.
    if (this.#depth === 1) {
      this.outbox.flush()
      this.stack.burstEnded()
    }
    this.#depth -= 1
    if (this.#depth > 0) return
    this.#arm()
    this.#trimLater()
  }

  /** One event on a cold path. An exception ends it too: what it left half-done is flushed, and later events are heard. */
  run<Result>(event: (stack: Stack) => Result): Result {
    const stack = this.begin()
    try {
      return event(stack)
    } finally {
      this.end()
    }
  }

  /** Between events: whatever threw inside of one never reached its `end`. */
  recover(): void {
    this.#depth = 0
    this.#arm()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#trimTimer)
    this.readiness?.[Symbol.dispose]()
  }

  #trimLater(): void {
    if (!this.#isClosed) this.#trimTimer ??= setTimeout(() => this.#trim(), trimAfterMs).unref()
  }

  /** After a load the process is as small as before it. */
  #trim(): void {
    this.#trimTimer = undefined
    for (const place of this.lentPlaces) place.reclaimIfIdle()
    this.stack.tcp.trim()
    releaseIdleMemory()
    const isHeapLarge = idleHeap.look()
    // The next poll shows which of them went quiet.
    if (this.lentPlaces.size > 0 || isHeapLarge) this.#trimLater()
  }

  #arm(): void {
    const { nextMs } = this.stack
    if (nextMs === undefined || this.#isClosed) return
    if (this.#timer !== undefined) {
      if (nextMs >= this.#timerMs) return
      clearTimeout(this.#timer)
    }
    this.#timerMs = nextMs
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, nextMs - clockMs())).unref()
  }

  #fire(): void {
    this.#timer = undefined
    this.begin().advance()
    this.end()
  }
}

/** Whole milliseconds that never go back. */
export function clockMs(): number {
  return Math.floor(performance.now())
}

/** Nanoseconds since 1970. */
function wallClockNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n
}
