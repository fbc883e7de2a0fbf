/** Two buffers that take turns: one is lent to a reader while the other one fills. They grow to what a window holds. */
import type { Borrower } from '../../core/lending.ts'

const firstBytes = 64 * 1024

export class LentMemory {
  readonly borrower: Borrower
  #filling = new Uint8Array(0)
  #filled = 0
  /** The buffer that waits for its turn, or is lent. */
  #other = new Uint8Array(0)
  #isLent = false

  constructor(borrower: Borrower) {
    this.borrower = borrower
  }

  /** Those that wait. A lent chunk does not close the window: the guest sends the next one meanwhile. */
  get queuedBytes(): number {
    return this.#filled
  }

  get canLend(): boolean {
    return !this.#isLent && this.#filled > 0
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#filled + end - start
    if (needed > this.#filling.length) {
      const larger = new Uint8Array(Math.max(firstBytes, needed, 2 * this.#filling.length))
      larger.set(this.#filling.subarray(0, this.#filled))
      this.#filling = larger
    }
    this.#filling.set(bytes.subarray(start, end), this.#filled)
    this.#filled = needed
  }

  /** What has come, until `takeBack` or `abandon`. */
  take(): Buffer {
    const lent = this.#filling
    const bytes = this.#filled
    this.#filling = this.#other
    this.#other = lent
    this.#filled = 0
    this.#isLent = true
    return Buffer.from(lent.buffer, 0, bytes)
  }

  takeBack(): void {
    this.#isLent = false
  }

  /** The chunk went where nobody gives it back. */
  abandon(): void {
    this.#other = new Uint8Array(0)
    this.#isLent = false
  }
}
