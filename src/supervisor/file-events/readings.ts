/** Readings of a tree, or of folders moved into it: one at a time, with rests, so that requests without pause do not keep the supervisor busy. */
import { setTimeout as sleep } from 'node:timers/promises'

/** What is reported of a folder's entries when it is read: those changed since then (ms); undefined: none. */
export type Since = number | undefined

export interface Reading {
  /** False: only folders that were moved in. */
  isWhole: boolean
  since: Since
}

/** The tree is read again after this multiple of the time that the last reading took. */
const restFactor = 4

export class Readings {
  readonly #read: (reading: Reading) => Promise<void>
  #next: Reading | undefined
  #isReading = false
  /** Time of the clock `performance`. */
  #restUntil = 0

  constructor(read: (reading: Reading) => Promise<void>) {
    this.#read = read
  }

  /** The next reading of the whole tree reports changes since the earliest of these times. */
  request(since: Since): void {
    this.#add({ isWhole: true, since })
  }

  requestMovedIn(): void {
    this.#add({ isWhole: false, since: undefined })
  }

  #add({ isWhole, since }: Reading): void {
    const before = this.#next
    this.#next = {
      isWhole: isWhole || before?.isWhole === true,
      since: since === undefined ? before?.since : Math.min(since, before?.since ?? since),
    }
    if (!this.#isReading) void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#isReading = true
    while (this.#next !== undefined) {
      await sleep(Math.max(0, this.#restUntil - performance.now()), undefined, { ref: false })
      const began = performance.now()
      const next = this.#next
      this.#next = undefined
      await this.#read(next)
      this.#restUntil = performance.now() + restFactor * (performance.now() - began)
    }
    this.#isReading = false
  }
}
