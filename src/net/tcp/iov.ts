/** In-order bytes of one burst for one host: pieces of the link's buffer, in order. */

const maxPieces = 32

export class Iov {
  /** Undefined: there are none. */
  bytes: Uint8Array | undefined
  pieces = 0
  /** Of the last piece. */
  end = 0
  /** Start and end of each piece. Made when they are first needed: most connections are idle. */
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

  /** False: there is no room for another one. */
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

  /** The pieces stay to be read until the next `begin`. */
  clear(): void {
    this.bytes = undefined
  }
}
