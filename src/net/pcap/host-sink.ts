/** Adapter: writes a capture to a file, or live to a pipe such as standard output. */
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CaptureSink } from './capture.ts'

export class StreamSink implements CaptureSink, AsyncDisposable {
  readonly #stream: Writable
  /** Rejects when the stream fails, e.g. with EPIPE because the reader has exited. */
  readonly closed: Promise<void>

  constructor(stream: Writable) {
    this.#stream = stream
    this.closed = finished(stream, { readable: false })
    // Callers await `closed`; an unhandled rejection would end the process.
    this.closed.catch(() => {})
  }

  static toFile(path: string): StreamSink {
    return new StreamSink(createWriteStream(path, { mode: 0o600 }))
  }

  get waitingBytes(): number {
    return this.#stream.writableLength
  }

  write(bytes: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(bytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.end()
    await this.closed.catch(() => {})
  }
}
