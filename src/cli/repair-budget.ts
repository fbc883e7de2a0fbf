/** Retry schedule of a repairing watch: exponential back-off, then none until the drift changes. */
const firstMs = 5_000
const mostMs = 300_000
/** Maximum number of repairs that leave the drift unchanged. */
const cap = 6

export class RepairBudget {
  #drift = ''
  #tries = 0
  #notBefore = 0

  /**
   * Whether this drift may be repaired now.
   * @param drift the differences as one text.
   */
  allows(drift: string, nowMs: number): boolean {
    if (drift !== this.#drift) {
      this.#drift = drift
      this.#tries = 0
      this.#notBefore = 0
    }
    return this.#tries < cap && nowMs >= this.#notBefore
  }

  /** Call after a repair of the last allowed drift. Returns true if it was the last try. */
  tried(nowMs: number): boolean {
    this.#notBefore = nowMs + Math.min(mostMs, firstMs * 2 ** this.#tries)
    this.#tries += 1
    return this.#tries === cap
  }

  /** Call when everything is in sync with the file: later drift counts as new. */
  reset(): void {
    this.#drift = ''
  }
}
