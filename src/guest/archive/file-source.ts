/** A file on disk as a source of slices. */
import { createReadStream } from 'node:fs'
import { DesktopError } from '../../errors/desktop-error.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteCursor, ByteSource } from './entry.ts'

const chunkBytes = 256 * 1024

export function fileSource(path: string): ByteSource {
  return { open: () => new FileCursor(path) }
}

class FileCursor implements ByteCursor {
  readonly #path: string
  #reader: ByteReader | undefined
  /** Offset in the file of the reader's first byte. */
  #start = 0

  constructor(path: string) {
    this.#path = path
  }

  async *read(offset: number, size: number): AsyncGenerator<Uint8Array> {
    const ahead = this.#reader === undefined ? -1 : offset - this.#start - this.#reader.position
    if (this.#reader === undefined || ahead < 0 || ahead > chunkBytes) {
      await this[Symbol.asyncDispose]()
      const options = { start: offset, highWaterMark: chunkBytes }
      this.#reader = new ByteReader(createReadStream(this.#path, options) as AsyncIterable<Buffer>)
      this.#start = offset
    } else await this.#reader.skip(ahead)
    for (let left = size; left > 0; ) {
      const part = await this.#reader.some(left)
      if (part === undefined) throw new DesktopError('oci/bad-archive', `${this.#path} is truncated`)
      left -= part.length
      yield part
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
  }
}
