/** Token bucket: a burst, then a constant rate. Time is an argument. */
export class TokenBucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #filledMs: number

  constructor({ burst, perSecond }: { burst: number; perSecond: number }, nowMs: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
    this.#filledMs = nowMs
  }

  /** Whether a token is available. A clock that moves back adds no tokens. */
  has(nowMs: number): boolean {
    const added = (Math.max(0, nowMs - this.#filledMs) * this.#perSecond) / 1000
    this.#tokens = Math.min(this.#burst, this.#tokens + added)
    this.#filledMs = nowMs
    return this.#tokens >= 1
  }

  take(): void {
    this.#tokens -= 1
  }
}
