/** One connection to the guest, which answers each request with a line. */
import type { Duplex } from 'node:stream'

export class GuestSession implements Disposable {
  readonly #stream: Duplex
  #answers = 0
  #isClosed: boolean
  /** Not a race of promises: that would keep memory for each answer until the connection closes. */
  #wake: () => void = () => {}

  /** @param onClose called once the connection has ended. */
  constructor(stream: Duplex, onClose: () => void) {
    this.#stream = stream
    this.#isClosed = stream.destroyed
    stream.on('data', (bytes: Buffer) => {
      this.#answers += bytes.toString('latin1').split('\n').length - 1
      this.#wake()
    })
    for (const event of ['close', 'end', 'error']) {
      stream.on(event, () => {
        this.#isClosed = true
        this.#wake()
        onClose()
      })
    }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves with the answer. Rejects if the connection ends first. */
  async request(bytes: string | Uint8Array): Promise<void> {
    this.#stream.write(bytes)
    while (this.#answers === 0) {
      if (this.#isClosed) throw new Error('the guest ended the connection')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#answers -= 1
  }

  [Symbol.dispose](): void {
    this.#stream.destroy()
  }
}
