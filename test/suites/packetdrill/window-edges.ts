/**
 * A script names the right edge of the window of the system that it was written on, which is its window or, where asked, SO_RCVBUF. The
 * subject's is elsewhere: numbers at or behind the one are moved to the other.
 */
import type { TextSegment } from '../../support/net/segments.ts'
import type { Call, ScriptSegment } from './script.ts'

export class WindowEdges {
  readonly #listeners = new Set<string>()
  #bufferBytes: number | undefined
  #windowBytes = 0
  /** From the guest's first number. */
  #scripts = 0
  #subjects = 0
  #shift = 0

  called({ name, args }: Call): void {
    if (name === 'listen') this.#listeners.add(args[0]!)
    const bytes = /^\[(\d+)\]$/.exec(args[3] ?? '')?.[1]
    if (
      name === 'getsockopt' &&
      args[2] === 'SO_RCVBUF' &&
      bytes !== undefined &&
      !this.#listeners.has(args[0]!)
    )
      this.#bufferBytes = Number(bytes)
  }

  /** A segment of the subject that the script expects. */
  sent(expected: ScriptSegment, { flags, ack, window, windowShift }: TextSegment, guestBase: number): void {
    if (!flags.includes('A') || flags.includes('R')) return
    const isSyn = flags.includes('S')
    if (isSyn) this.#shift = windowShift ?? 0
    const acknowledged = (ack - guestBase) >>> 0
    this.#subjects = Math.max(this.#subjects, acknowledged + (isSyn ? window : window << this.#shift))
    if (expected.ack !== undefined) this.#scripts = expected.ack
    if (expected.window !== undefined) this.#windowBytes = expected.window
  }

  moved(sequence: number): number {
    if (this.#scripts === 0 || (this.#bufferBytes ?? this.#windowBytes) === 0) return sequence
    const edge = this.#scripts + (this.#bufferBytes ?? this.#windowBytes)
    const isAtEdge = sequence >= edge - 1 && sequence <= edge + 1
    return isAtEdge ? sequence - edge + this.#subjects : sequence
  }
}
