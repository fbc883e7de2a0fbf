/** Double buffer: one buffer is lent to a reader while the other fills. Both grow up to the window size. */
import type { Borrower } from '../../core/lending.ts'

const firstBytes = 64 * 1024

export class LentMemory {
  readonly borrower: Borrower
  #filling = new Uint8Array(0)
  #filled = 0
  /** The buffer that is lent or unused. */
  #other = new Uint8Array(0)
  #isLent = false

  constructor(borrower: Borrower) {
    this.borrower = borrower
  }

  /** Bytes in the filling buffer. Lent bytes do not reduce the window, so the guest can send more meanwhile. */
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

  /** Lends the received bytes, until `takeBack` or `abandon`. */
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

  /** The chunk is never returned: allocate a new buffer instead. */
  abandon(): void {
    this.#other = new Uint8Array(0)
    this.#isLent = false
  }
}
