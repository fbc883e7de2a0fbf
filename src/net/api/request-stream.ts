/**
 * One request of a connection, as a separate connection to Node's HTTP server: its head, the body that the head
 * announces, and no byte of what follows.
 */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export class RequestStream extends Duplex {
  readonly #socket: Socket
  readonly #over: (isLast: boolean) => void
  /** Of the body, still to come. */
  #missing: number
  #isAnswered = false
  #isReleased = false

  /** @param over called when request and response are complete; the connection ends with them if `isLast`. */
  constructor(socket: Socket, head: Buffer, over: (isLast: boolean) => void) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#over = over
    this.#missing = bodyBytesOf(head.toString('latin1'))
    this.push(head)
  }

  /** The request came whole; what comes now belongs to another. */
  get isWhole(): boolean {
    return this.#missing === 0
  }

  /** Takes what belongs to it, and gives the rest. */
  feed(bytes: Buffer): Buffer {
    const own = bytes.subarray(0, this.#missing)
    this.#missing -= own.length
    if (own.length > 0 && !this.push(own)) this.#socket.pause()
    this.#finish()
    return bytes.subarray(own.length)
  }

  answeredBy(response: ServerResponse): void {
    // Without a length only the server knows where the request ends.
    if (this.#missing === Number.POSITIVE_INFINITY) response.shouldKeepAlive = false
    response.once('finish', () => {
      this.#isAnswered = true
      this.#finish()
    })
  }

  override _read(): void {
    if (!this.isWhole) this.#socket.resume()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isReleased) this.#socket.destroySoon()
    done(error)
  }

  /** A body that nobody wanted is read to its end, so that the client comes to see the answer. */
  #finish(): void {
    // The server has ended its side: it said "close".
    const isLast = this.writableEnded
    if (this.#isReleased || !this.#isAnswered || !(this.isWhole || isLast)) return
    this.#isReleased = true
    this.destroy()
    this.#over(isLast)
  }
}

/** Infinity: only a parser can find the end. */
function bodyBytesOf(head: string): number {
  const framing = head.match(/content-length|transfer-encoding/gi) ?? []
  if (framing.length === 0) return 0
  const length = /^content-length:[ \t]*(\d{1,15})[ \t]*\r$/im.exec(head)?.[1]
  return framing.length === 1 && length !== undefined ? Number(length) : Number.POSITIVE_INFINITY
}
