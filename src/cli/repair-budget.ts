/** When a watch tries to repair again: soon at first, then less and less often, and at last not until drift changes. */
const firstMs = 5_000
const mostMs = 300_000
/** Of repairs that left the very same drift. */
const cap = 6

export class RepairBudget {
  #drift = ''
  #tries = 0
  #notBefore = 0

  /** Whether this drift may be repaired now. @param drift what differs, as one text. */
  allows(drift: string, nowMs: number): boolean {
    if (drift !== this.#drift) {
      this.#drift = drift
      this.#tries = 0
      this.#notBefore = 0
    }
    return this.#tries < cap && nowMs >= this.#notBefore
  }

  /** A repair of the drift that was asked for last has ended. True when it was the last try. */
  tried(nowMs: number): boolean {
    this.#notBefore = nowMs + Math.min(mostMs, firstMs * 2 ** this.#tries)
    this.#tries += 1
    return this.#tries === cap
  }

  /** Everything is in sync with the file: drift that comes again is new drift. */
  reset(): void {
    this.#drift = ''
  }
}
