/** Windows advertised by a simulated peer, which may shrink: data within an earlier window may still arrive. */
import type { ModelOptions } from './model-options.ts'

export class OfferedWindow {
  /** The last window had no room for a segment. */
  isClosed = false
  /** Rightmost edge ever advertised. */
  farthestEdge = 0

  /** Window field of a segment that acknowledges `received` bytes, with this much room. */
  offer(received: number, room: number, { windowShift = 0, mss }: ModelOptions): number {
    const window = Math.min(0xffff, room >> windowShift)
    const bytes = window << windowShift
    this.isClosed = bytes < mss
    this.farthestEdge = Math.max(this.farthestEdge, received + bytes)
    return window
  }
}
