/**
 * One request of a connection, as a separate connection for Node's HTTP server: the head and the announced body,
 * without any further bytes.
 */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export class RequestStream extends Duplex {
  readonly #socket: Socket
  readonly #over: (isLast: boolean) => void
  /** Remaining bytes of the body. */
  #missing: number
  #isAnswered = false
  #isReleased = false

  /** @param over called when request and response are complete; `isLast`: the connection ends with them */
  constructor(socket: Socket, head: Buffer, over: (isLast: boolean) => void) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#over = over
    this.#missing = bodyBytesOf(head.toString('latin1'))
    this.push(head)
  }

  /** The request is complete; further bytes belong to the next one. */
  get isWhole(): boolean {
    return this.#missing === 0
  }

  /** Consumes its own bytes and returns the rest. */
  feed(bytes: Buffer): Buffer {
    const own = bytes.subarray(0, this.#missing)
    this.#missing -= own.length
    if (own.length > 0 && !this.push(own)) this.#socket.pause()
    this.#finish()
    return bytes.subarray(own.length)
  }

  answeredBy(response: ServerResponse): void {
    this.#socket.setTimeout(0)
    // Without a length, only the server detects the end of the request.
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

  /** Also after responses without a `request` event, as to a head without Host. */
  override _final(done: (error?: Error | null) => void): void {
    done()
    this.#isAnswered = true
    this.#finish()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isReleased) this.#socket.destroySoon()
    done(error)
  }

  /** An unread body is read to its end, so that the client receives the response. */
  #finish(): void {
    // The server has ended its side because of "Connection: close".
    const isLast = this.writableEnded
    if (this.#isReleased || !this.#isAnswered || !(this.isWhole || isLast)) return
    this.#isReleased = true
    this.destroy()
    this.#over(isLast)
  }
}

/** Infinity: only a parser can detect the end. */
function bodyBytesOf(head: string): number {
  const framing = head.match(/content-length|transfer-encoding/gi) ?? []
  if (framing.length === 0) return 0
  const length = /^content-length:[ \t]*(\d{1,15})[ \t]*\r$/im.exec(head)?.[1]
  return framing.length === 1 && length !== undefined ? Number(length) : Number.POSITIVE_INFINITY
}
