/** In-order data of one burst for one host socket: pieces of the link's buffer. */

const maxPieces = 32

export class Iov {
  /** Undefined if empty. */
  bytes: Uint8Array | undefined
  pieces = 0
  /** End offset of the last piece. */
  end = 0
  /** Start and end of each piece. Allocated on first use, because most connections are idle. */
  #edges: Int32Array | undefined

  get edges(): Int32Array {
    this.#edges ??= new Int32Array(2 * maxPieces)
    return this.#edges
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.pieces = 0
    this.add(start, end)
  }

  /** Returns false if full. */
  add(start: number, end: number): boolean {
    if (this.pieces === maxPieces) return false
    const { edges } = this
    edges[2 * this.pieces] = start
    edges[2 * this.pieces + 1] = end
    this.pieces += 1
    this.end = end
    return true
  }

  /** Extends the last piece by this many bytes. */
  extend(count: number): void {
    this.end += count
    this.edges[2 * this.pieces - 1] = this.end
  }

  /** The pieces remain readable until the next `begin`. */
  clear(): void {
    this.bytes = undefined
  }
}
