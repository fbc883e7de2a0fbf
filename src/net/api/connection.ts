/**
 * A connection of the API, request by request. `/connect` and `/tunnel` leave HTTP after the request's head,
 * without a response from an HTTP server, and the client may send its stream directly afterwards. So each head is
 * parsed here first, including those of kept-alive connections.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { RequestStream } from './request-stream.ts'

const maxHeadBytes = 16_384
const endOfHead = '\r\n\r\n'

interface Options {
  http: Server
  /** Deadline of a head, and idle timeout. */
  timeoutMs: number
  /** Handler of the connection after a request with this head; undefined: an ordinary request. */
  streamOf: (head: string) => ((socket: Socket) => void) | undefined
}

export class ApiConnection {
  readonly #socket: Socket
  readonly #options: Options
  /** Bytes of an incomplete head, or bytes after the current request. */
  #pending: Buffer = Buffer.alloc(0)
  #request: RequestStream | undefined
  #hasLeft = false
  readonly #onData = (chunk: Buffer) => this.#read(chunk)
  readonly #onEnd = () => this.#ended()

  constructor(socket: Socket, options: Options) {
    this.#socket = socket
    this.#options = options
    socket.on('timeout', () => socket.destroy())
    socket.on('close', () => this.#request?.destroy())
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.setTimeout(options.timeoutMs)
  }

  #read(chunk: Buffer): void {
    const rest = this.#request?.feed(chunk) ?? chunk
    if (rest.length > 0) this.#pending = Buffer.concat([this.#pending, rest])
    this.#next()
  }

  /** Starts the next request if the previous one has ended and its head is complete. */
  #next(): void {
    const socket = this.#socket
    if (this.#request !== undefined) {
      if (this.#request.isWhole) socket.pause()
      return
    }
    const end = this.#pending.indexOf(endOfHead)
    if (end < 0) {
      if (this.#pending.length > maxHeadBytes) socket.destroy()
      return
    }
    const headBytes = end + endOfHead.length
    const head = this.#pending.subarray(0, headBytes)
    const rest = this.#pending.subarray(headBytes)
    this.#pending = Buffer.alloc(0)
    const serve = this.#options.streamOf(head.toString('latin1'))
    if (serve === undefined) this.#begin(head, rest)
    else this.#leave(serve, rest)
  }

  /** Hands the connection over to a stream handler. */
  #leave(serve: (socket: Socket) => void, rest: Buffer): void {
    const socket = this.#socket
    this.#hasLeft = true
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.setTimeout(0)
    socket.pause()
    if (rest.length > 0) socket.unshift(rest)
    serve(socket)
  }

  /** The timeout applies until the server accepts the request: it may reject the head without a `request` event. */
  #begin(head: Buffer, rest: Buffer): void {
    const request = new RequestStream(this.#socket, head, (isLast) => this.#over(isLast))
    this.#request = request
    this.#options.http.emit('connection', request)
    this.#read(rest)
    if (!request.isWhole) this.#socket.resume()
  }

  #over(isLast: boolean): void {
    this.#request = undefined
    if (isLast) {
      this.#socket.destroySoon()
      return
    }
    this.#socket.setTimeout(this.#options.timeoutMs)
    // Deferred: the request may have been ended by the last byte of its body.
    process.nextTick(() => {
      if (this.#hasLeft || this.#request !== undefined) return
      this.#socket.resume()
      this.#next()
    })
  }

  /** After a complete request the socket is paused, so its response is sent before the end is noticed. */
  #ended(): void {
    if (this.#request === undefined) this.#socket.destroySoon()
    else this.#request.push(null)
  }
}
