/**
 * Timer wheel: one list of deadlines per tick. If a deadline is postponed, as a retransmission timer is with each
 * ACK, the entry keeps its position and is moved when its old tick comes. So setting a deadline costs one store.
 */

/** Wheel entry. All fields except `deadlineMs` are private to the wheel. */
export interface Timed {
  /** Deadline; 0: none. */
  deadlineMs: number
  /** Tick of its list; -1: none. */
  wheelTick: number
  wheelNext: Timed | undefined
  wheelPrevious: Timed | undefined
}

const tickMs = 8
const slots = 1024

export class TimerWheel<T extends Timed> {
  readonly #heads: (T | undefined)[] = new Array<T | undefined>(slots).fill(undefined)
  readonly #due: T[] = []
  #tick: number
  #size = 0
  /** All lists before this tick are empty. */
  #earliest = Number.POSITIVE_INFINITY

  constructor(nowMs: number) {
    this.#tick = Math.floor(nowMs / tickMs)
  }

  /** Sets the deadline of `timed`. */
  set(timed: T, deadlineMs: number): void {
    timed.deadlineMs = deadlineMs
    const tick = Math.ceil(deadlineMs / tickMs)
    if (timed.wheelTick >= 0) {
      if (tick >= timed.wheelTick) return
      this.#unlink(timed)
    }
    this.#link(timed, tick)
  }

  /** Cancels the deadline; the entry is removed lazily at its tick. */
  clear(timed: T): void {
    timed.deadlineMs = 0
  }

  /** Removes the entry immediately, before it is freed. */
  remove(timed: T): void {
    timed.deadlineMs = 0
    if (timed.wheelTick >= 0) this.#unlink(timed)
  }

  /** Calls `due` for each expired entry; `due` may set and remove deadlines, including those of other entries. */
  advance(nowMs: number, due: (timed: T) => void): void {
    const upTo = Math.floor(nowMs / tickMs)
    // After a host suspend, one revolution is enough.
    for (let tick = Math.max(this.#tick, upTo - slots, this.#earliest - 1); tick < upTo; ) {
      tick += 1
      this.#collect(tick, nowMs)
    }
    this.#tick = Math.max(this.#tick, upTo)
    for (const timed of this.#due) {
      // Skip if an earlier callback cancelled or moved it.
      if (timed.deadlineMs === 0 || timed.deadlineMs > nowMs) continue
      timed.deadlineMs = 0
      due(timed)
    }
    this.#due.length = 0
    this.#findEarliest()
  }

  /** When to call `advance` next; undefined: the wheel is empty. */
  get nextMs(): number | undefined {
    return this.#size === 0 ? undefined : this.#earliest * tickMs
  }

  #collect(tick: number, nowMs: number): void {
    let timed = this.#heads[tick % slots]
    while (timed !== undefined) {
      const next = timed.wheelNext as T | undefined
      if (timed.wheelTick <= tick) {
        this.#unlink(timed)
        if (timed.deadlineMs > nowMs) this.#link(timed, Math.ceil(timed.deadlineMs / tickMs))
        else if (timed.deadlineMs > 0) this.#due.push(timed)
      }
      timed = next
    }
  }

  #findEarliest(): void {
    this.#earliest = Number.POSITIVE_INFINITY
    if (this.#size === 0) return
    for (let tick = this.#tick + 1; tick <= this.#tick + slots; tick += 1) {
      if (this.#heads[tick % slots] === undefined) continue
      this.#earliest = tick
      return
    }
  }

  #link(timed: T, wanted: number): void {
    const tick = Math.max(wanted, this.#tick + 1)
    if (tick < this.#earliest) this.#earliest = tick
    const slot = tick % slots
    const head = this.#heads[slot]
    timed.wheelTick = tick
    timed.wheelPrevious = undefined
    timed.wheelNext = head
    if (head !== undefined) head.wheelPrevious = timed
    this.#heads[slot] = timed
    this.#size += 1
  }

  #unlink(timed: T): void {
    const next = timed.wheelNext as T | undefined
    const previous = timed.wheelPrevious
    if (previous === undefined) this.#heads[timed.wheelTick % slots] = next
    else previous.wheelNext = next
    if (next !== undefined) next.wheelPrevious = previous
    timed.wheelTick = -1
    timed.wheelNext = undefined
    timed.wheelPrevious = undefined
    this.#size -= 1
  }
}
