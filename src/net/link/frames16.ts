/** Frames behind their length, u16 little-endian: VMN3T after its handshake, and gvproxy's `/connect`. */

const lengthBytes = 2
/** Destination, source and type: nothing shorter is an ethernet frame. */
const minFrameBytes = 14
const maxFrameBytes = 65_535

/** Cuts a byte stream into frames. A frame that came whole in one chunk is a view of it, not a copy. */
export class FrameReader16 {
  /** The beginning of a frame whose rest is still to come. */
  readonly #carry = new Uint8Array(lengthBytes + maxFrameBytes)
  #carried = 0

  /**
   * Calls `frame` for each whole frame; a view is valid during the call only. False: a length that no frame
   * has, so the stream is lost and the client is to be dropped.
   */
  feed(chunk: Uint8Array, frame: (bytes: Uint8Array) => void): boolean {
    let at = 0
    while (this.#carried > 0 && at < chunk.length) {
      at += this.#take(chunk, at, lengthBytes)
      if (this.#carried < lengthBytes) return true
      const length = this.#carry[0]! | (this.#carry[1]! << 8)
      if (length < minFrameBytes) return false
      at += this.#take(chunk, at, lengthBytes + length)
      if (this.#carried < lengthBytes + length) return true
      this.#carried = 0
      frame(this.#carry.subarray(lengthBytes, lengthBytes + length))
    }
    while (at + lengthBytes <= chunk.length) {
      const length = chunk[at]! | (chunk[at + 1]! << 8)
      if (length < minFrameBytes) return false
      const end = at + lengthBytes + length
      if (end > chunk.length) break
      frame(chunk.subarray(at + lengthBytes, end))
      at = end
    }
    this.#take(chunk, at, Number.POSITIVE_INFINITY)
    return true
  }

  /** Moves bytes into the carry until it holds `upTo`; gives how many. */
  #take(chunk: Uint8Array, at: number, upTo: number): number {
    const count = Math.max(0, Math.min(chunk.length - at, upTo - this.#carried))
    this.#carry.set(chunk.subarray(at, at + count), this.#carried)
    this.#carried += count
    return count
  }
}

/** The length that goes before a frame of so many bytes. */
export function lengthPrefix16(frameBytes: number): Uint8Array {
  return Uint8Array.of(frameBytes, frameBytes >> 8)
}
