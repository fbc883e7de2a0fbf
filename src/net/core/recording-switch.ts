/** Enables recording while a client reads the records; it ends half a minute after the last read. */

const watchedMs = 30_000

export class RecordingSwitch {
  #untilMs = Number.NEGATIVE_INFINITY

  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  /**
   * Called when a client reads the records. Returns false if recording was off, so that older records are
   * incomplete.
   */
  renew(nowMs: number): boolean {
    const wasOn = this.isOn(nowMs)
    this.#untilMs = nowMs + watchedMs
    return wasOn
  }
}
