/** Receive buffer of the model peer: a flag per byte, and the in-order data. */
export class ReceivedBytes {
  readonly bytes: Uint8Array
  /** In-order data. */
  length = 0
  readonly #have: Uint8Array
  #highest = 0

  constructor(most: number) {
    this.bytes = new Uint8Array(most)
    this.#have = new Uint8Array(most + 1)
  }

  /** Stores the part of `payload` that is new and below `limit`. */
  take(payload: Uint8Array, offset: number, limit: number): void {
    const end = Math.min(offset + payload.length, limit)
    for (let at = Math.max(offset, this.length); at < end; at += 1) {
      this.#have[at] = 1
      this.bytes[at] = payload[at - offset]!
    }
    this.#highest = Math.max(this.#highest, end)
    while (this.#have[this.length] === 1) this.length += 1
  }

  /** Drops out-of-order bytes that were already reported in SACK blocks. */
  renege(): void {
    this.#have.fill(0, this.length)
    this.#highest = this.length
  }

  /** The first three out-of-order blocks: begin and end. */
  blocks(): [number, number][] {
    const blocks: [number, number][] = []
    for (let at = this.length; at < this.#highest && blocks.length < 4; at += 1) {
      if (this.#have[at] === 0) continue
      const last = blocks.at(-1)
      if (last?.[1] === at) last[1] += 1
      else blocks.push([at, at + 1])
    }
    return blocks.slice(0, 3)
  }
}
