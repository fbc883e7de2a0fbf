/** Turns recording on while a client reads the records, and off half a minute after the last read. */

const watchedMs = 30_000

export class RecordingSwitch {
  #untilMs = Number.NEGATIVE_INFINITY

  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs
  }

  /** A client reads the records. False: recording was off, so that older records have gaps. */
  renew(nowMs: number): boolean {
    const wasOn = this.isOn(nowMs)
    this.#untilMs = nowMs + watchedMs
    return wasOn
  }
}
