/**
 * A connection of the API, request by request. `/connect` and `/tunnel` leave HTTP after the request's head, without a
 * response that an HTTP server could write, and the client may send its stream right behind; so each head is read here
 * first, also that of a connection which was kept alive.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { RequestStream } from './request-stream.ts'

const maxHeadBytes = 16_384
const endOfHead = '\r\n\r\n'

interface Options {
  http: Server
  /** For a head; idle connections end after as long. */
  timeoutMs: number
  /** Who serves the connection after a request with this head; undefined: it is an ordinary request. */
  streamOf: (head: string) => ((socket: Socket) => void) | undefined
}

export class ApiConnection {
  readonly #socket: Socket
  readonly #options: Options
  /** Bytes of a head that is not complete, or of what follows the request at hand. */
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

  /** Begins the next request if it is its turn and its head is there. */
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
    socket.setTimeout(0)
    const serve = this.#options.streamOf(head.toString('latin1'))
    if (serve === undefined) this.#begin(head, rest)
    else this.#leave(serve, rest)
  }

  /** The connection is someone else's from here on. */
  #leave(serve: (socket: Socket) => void, rest: Buffer): void {
    const socket = this.#socket
    this.#hasLeft = true
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.pause()
    if (rest.length > 0) socket.unshift(rest)
    serve(socket)
  }

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
    // Not inside of what the request does: it may have been the last byte of its body that ended it.
    process.nextTick(() => {
      if (this.#hasLeft || this.#request !== undefined) return
      this.#socket.resume()
      this.#next()
    })
  }

  /** With a request that is whole nothing is read, so that its response is sent before this is known. */
  #ended(): void {
    if (this.#request === undefined) this.#socket.destroySoon()
    else this.#request.push(null)
  }
}
