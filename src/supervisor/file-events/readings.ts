/** Readings of a whole tree: one at a time, with rests, so that requests without pause do not keep the supervisor busy. */
import { setTimeout as sleep } from 'node:timers/promises'

/** What is reported of a folder's entries when it is read: those changed since then (ms); undefined: none. */
export type Since = number | undefined

/** The tree is read again after this multiple of the time that the last reading took. */
const restFactor = 4

export class Readings {
  readonly #read: (since: Since) => Promise<void>
  #next: { since: Since } | undefined
  #isReading = false
  /** Time of the clock `performance`. */
  #restUntil = 0

  constructor(read: (since: Since) => Promise<void>) {
    this.#read = read
  }

  /** The next reading reports changes since the earliest of these times. */
  request(since: Since): void {
    const before = this.#next?.since
    this.#next = { since: since === undefined ? before : Math.min(since, before ?? since) }
    if (!this.#isReading) void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    while (this.#next !== undefined) {
      await sleep(Math.max(0, this.#restUntil - performance.now()), undefined, { ref: false })
      const began = performance.now()
      const { since } = this.#next
      this.#next = undefined
      await this.#read(since)
      this.#restUntil = performance.now() + restFactor * (performance.now() - began)
    }
    this.#isReading = false
  }
}
