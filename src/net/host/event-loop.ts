/**
 * Connects host sockets to the stack. Each socket event runs between `begin` and `end`, which set the clock,
 * flush the output and arm the single timer.
 */
import { Batches } from '../link/batches.ts'
import { linkBuffers } from '../link/link-buffers.ts'
import { Captures } from '../pcap/captures.ts'
import type { Stack } from '../stack.ts'
import { idleHeap } from './idle-heap.ts'
import { releaseIdleMemory } from './idle-memory.ts'
import { addressOf } from './linux/libc.ts'
import { Readiness } from './linux/readiness.ts'
import { Inbox } from './linux/recvmmsg.ts'
import { Outbox } from './linux/sendmmsg.ts'
import { Gather } from './linux/writev.ts'

/** Idle memory is returned to the system after this time; busy sockets reallocate it. */
const trimAfterMs = 3000

/** Region of a send buffer lent to a host socket for reading. */
export interface LentPlace {
  /** Reclaims the region if no data has arrived since the last call. */
  reclaimIfIdle(): void
}

export class EventLoop {
  readonly stack: Stack
  readonly batches: Batches
  readonly captures: Captures = new Captures(wallClockNs)
  /** Undefined if the platform does not support it. */
  readonly gather: Gather | undefined = Gather.shared()
  /** Read buffer shared by all host sockets; each read is consumed before the next. */
  readonly readBuffer: Uint8Array = new Uint8Array(256 * 1024)
  readonly readBufferAt: number = addressOf(this.readBuffer)
  /** Regions currently lent to host sockets. */
  readonly lentPlaces: Set<LentPlace> = new Set()
  /** Readiness of file descriptors that bypass Node; undefined if the platform does not support it. */
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
    this.batches = new Batches(linkBuffers(stack.addresses.mtu).batchBytes)
  }

  begin(): Stack {
    if (this.#depth === 0) this.stack.nowMs = clockMs()
    this.#depth += 1
    return this.stack
  }

  end(): void {
    // Nested events are flushed with the outermost one.
    if (this.#depth === 1) {
      this.outbox.flush()
      this.stack.burstEnded()
    }
    this.#depth -= 1
    if (this.#depth > 0) return
    this.#arm()
    this.#trimLater()
  }

  /** Runs one cold-path event. After an exception, pending output is flushed and later events still run. */
  run<Result>(event: (stack: Stack) => Result): Result {
    const stack = this.begin()
    try {
      return event(stack)
    } finally {
      this.end()
    }
  }

  /** Call between events: resets the depth after an event that threw before `end`. */
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

  /** Releases idle memory after a burst of load. */
  #trim(): void {
    this.#trimTimer = undefined
    for (const place of this.lentPlaces) place.reclaimIfIdle()
    this.stack.tcp.trim()
    releaseIdleMemory()
    const isHeapLarge = idleHeap.look()
    // Check again: the next call reclaims regions that became idle.
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

/** Monotonic clock in whole milliseconds. */
export function clockMs(): number {
  return Math.floor(performance.now())
}

/** Nanoseconds since the Unix epoch. */
function wallClockNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n
}
