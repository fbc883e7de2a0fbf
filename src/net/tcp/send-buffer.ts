/**
 * Bytes from the host that the guest has not acknowledged yet: a ring that grows in powers of two and is given
 * back when it is empty, so that an idle connection holds no memory.
 */
import type { RingPool } from './ring-pool.ts'

const smallestRingBytes = 16 * 1024

export class SendBuffer {
  readonly #pool: RingPool
  #ring: Uint8Array | undefined
  /** Place of the first byte. */
  #head = 0
  /** How large the ring was that was given back last: a busy connection needs as much again at once. */
  #lastSize = smallestRingBytes
  /** Bytes held. */
  length = 0

  constructor(pool: RingPool) {
    this.#pool = pool
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start
    const ring = this.#withRoom(count)
    const mask = ring.length - 1
    const tail = (this.#head + this.length) & mask
    const first = Math.min(count, ring.length - tail)
    ring.set(bytes.subarray(start, start + first), tail)
    if (first < count) ring.set(bytes.subarray(start + first, end), 0)
    this.length += count
  }

  /** Forgets bytes at the front. */
  drop(count: number): void {
    this.length -= count
    if (this.length === 0) this.release()
    else this.#head = (this.#head + count) & (this.#ring!.length - 1)
  }

  /** Copies bytes from `offset` behind the front to a place in `target`. */
  copy(offset: number, count: number, target: Uint8Array, at: number): void {
    const ring = this.#ring!
    const start = (this.#head + offset) & (ring.length - 1)
    const first = Math.min(count, ring.length - start)
    target.set(ring.subarray(start, start + first), at)
    if (first < count) target.set(ring.subarray(0, count - first), at + first)
  }

  release(): void {
    if (this.#ring !== undefined) {
      this.#lastSize = this.#ring.length
      this.#pool.give(this.#ring)
    }
    this.#ring = undefined
    this.#head = 0
    this.length = 0
  }

  #withRoom(count: number): Uint8Array {
    const needed = this.length + count
    const old = this.#ring
    if (old !== undefined && needed <= old.length) return old
    let size = old?.length ?? this.#lastSize
    while (size < needed) size *= 2
    const ring = this.#pool.take(size)
    if (old !== undefined) {
      const held = this.length
      this.copy(0, held, ring, 0)
      this.#pool.give(old)
    }
    this.#ring = ring
    this.#head = 0
    return ring
  }
}
