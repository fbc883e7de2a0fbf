/** Reads a chunked stream by length. */

export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** Bytes returned or skipped so far. */
  position = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Returns false at the end of the stream. */
  async #fill(): Promise<boolean> {
    while (this.#at === this.#chunk.length) {
      const next = await this.#chunks.next()
      if (next.done) return false
      this.#chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
      this.#at = 0
    }
    return true
  }

  /** Returns available data, at least one and at most `length` bytes; undefined at the end. */
  async some(length: number): Promise<Buffer | undefined> {
    if (this.#at === this.#chunk.length && !(await this.#fill())) return undefined
    const part = this.#chunk.subarray(this.#at, this.#at + length)
    this.#at += part.length
    this.position += part.length
    return part
  }

  /** Returns exactly `length` bytes, or fewer if the stream ends earlier. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = length; left > 0; ) {
      const part = await this.some(left)
      if (part === undefined) break
      if (part.length === length) return part
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }

  /** Returns the number of bytes skipped: less than `length` only at the end. */
  async skip(length: number): Promise<number> {
    let left = length
    while (left > 0) {
      const part = await this.some(left)
      if (part === undefined) break
      left -= part.length
    }
    return length - left
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}
