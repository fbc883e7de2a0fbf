/** The windows that a simulated peer offers, which may shrink: what it once offered may still come. */
import type { ModelOptions } from './model-options.ts'

export class OfferedWindow {
  /** The last one had no room for a segment. */
  isClosed = false
  /** The rightmost edge that was ever offered. */
  farthestEdge = 0

  /** The field of a segment that acknowledges `received` bytes and has room for as many more. */
  offer(received: number, room: number, { windowShift = 0, mss }: ModelOptions): number {
    const window = Math.min(0xffff, room >> windowShift)
    const bytes = window << windowShift
    this.isClosed = bytes < mss
    this.farthestEdge = Math.max(this.farthestEdge, received + bytes)
    return window
  }
}
