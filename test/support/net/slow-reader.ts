/** Application of a simulated peer: reads at a rate, with a pause. */
import type { ModelOptions } from './model-options.ts'

export class SlowReader {
  readonly #rate: number
  readonly #pauseMs: readonly [from: number, to: number]
  #nowMs: number
  /** Bytes read, including fractions. */
  position = 0

  constructor({ readRate, pauseMs }: Pick<ModelOptions, 'readRate' | 'pauseMs'>, nowMs: number) {
    this.#rate = readRate
    this.#pauseMs = pauseMs
    this.#nowMs = nowMs
  }

  get isReading(): boolean {
    const [from, to] = this.#pauseMs
    return this.#nowMs < from || this.#nowMs >= to
  }

  /** When it reads next; never if it is not paused and has read everything. */
  nextMs(received: number): number {
    if (this.position < received && this.isReading) return this.#nowMs + 1
    return this.isReading ? Number.POSITIVE_INFINITY : this.#pauseMs[1]
  }

  advance(nowMs: number, received: number, isOpen: boolean): void {
    const elapsedMs = this.isReading ? nowMs - this.#nowMs : 0
    this.#nowMs = nowMs
    if (isOpen) this.position = Math.min(received, this.position + elapsedMs * this.#rate)
  }
}
