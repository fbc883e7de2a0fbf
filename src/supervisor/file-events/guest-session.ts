/** One connection to the guest, which answers each request with a line. Any other line ends the connection. */
import type { Duplex } from 'node:stream'

interface SessionOptions {
  /** Maximum time until a request is answered, ms. */
  answerMs: number
  /** Called once the connection has ended. */
  onClose: () => void
}

interface Request {
  done: PromiseWithResolvers<void>
  isWritten: boolean
  isAnswered: boolean
}

/** The guest is connected, but its file system does not respond. */
export class AnswerTimeout extends Error {}

const newline = 10

export class GuestSession implements Disposable {
  readonly #stream: Duplex
  readonly #answerMs: number
  #isClosed: boolean
  #request: Request | undefined

  constructor(stream: Duplex, { answerMs, onClose }: SessionOptions) {
    this.#stream = stream
    this.#answerMs = answerMs
    this.#isClosed = stream.destroyed
    stream.on('data', (bytes: Buffer) => this.#takeAnswers(bytes))
    for (const event of ['close', 'end', 'error']) {
      stream.on(event, () => {
        this.#isClosed = true
        this.#request?.done.reject(new Error('the guest ended the connection'))
        onClose()
      })
    }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** One at a time. Resolves with the answer. Rejects if the connection ends first, or after `answerMs`. */
  async request(bytes: string | Uint8Array): Promise<void> {
    if (this.#isClosed) throw new Error('the guest ended the connection')
    const request: Request = { done: Promise.withResolvers(), isWritten: false, isAnswered: false }
    this.#request = request
    const timeout = setTimeout(() => {
      request.done.reject(new AnswerTimeout(`no answer within ${this.#answerMs} ms`))
      this.#stream.destroy()
    }, this.#answerMs)
    timeout.unref()
    this.#stream.write(bytes, () => {
      request.isWritten = true
      this.#complete(request)
    })
    try {
      await request.done.promise
    } finally {
      clearTimeout(timeout)
    }
  }

  /** A guest must not fill memory: neither by answers without a request, nor by answers to requests that it does not read. */
  #takeAnswers(bytes: Buffer): void {
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      const request = this.#request
      if (request === undefined || request.isAnswered) {
        this.#stream.destroy()
        return
      }
      request.isAnswered = true
      this.#complete(request)
    }
  }

  #complete(request: Request): void {
    if (!request.isWritten || !request.isAnswered) return
    this.#request = undefined
    request.done.resolve()
  }

  [Symbol.dispose](): void {
    this.#stream.destroy()
  }
}
