/** HTTP connection to a container, one request at a time. Bodies are forwarded without copying. */
import type { OutgoingHttpHeaders } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { type AnswerHead, AnswerReader } from './answer.ts'
import { type Dialled, isLender } from './dial.ts'

export interface GuestRequest {
  method: string
  path: string
  headers: OutgoingHttpHeaders
  /** The request has an Upgrade header. */
  isUpgrade: boolean
  body: Readable | undefined
}

/** The requester. No calls follow `end` or `failed`. */
export interface Requester {
  head(head: AnswerHead): void
  /** `bytes` may be reused after `written` is called. */
  body(bytes: Buffer, written: () => void): void
  end(): void
  /** Upgraded: the requester now owns the connection. */
  switched(stream: Dialled, first: Buffer): void
  failed(error: Error): void
}

export class GuestConnection {
  readonly #stream: Dialled
  /** Called when the connection becomes idle or closes. */
  readonly #changed: (connection: GuestConnection) => void
  #requester: Requester | undefined
  #reader: AnswerReader | undefined
  #isSent = true
  #isSwitched = false
  /** Pending writes of lent bytes. */
  #writes = 0
  /** No response bytes received yet. */
  isUnanswered = true

  constructor(stream: Dialled, changed: (connection: GuestConnection) => void) {
    this.#stream = stream
    this.#changed = changed
    stream.on('data', this.#arrived)
    stream.on('error', this.#broken)
    stream.once('end', this.#ended)
    stream.once('close', this.#closed)
    if (!isLender(stream)) return
    const isHolding = (): boolean => this.#writes > 0
    stream.lend({
      get isHolding() {
        return isHolding()
      },
    })
  }

  get isOpen(): boolean {
    return !this.#stream.destroyed && !this.#isSwitched
  }

  get isIdle(): boolean {
    return this.isOpen && this.#requester === undefined && this.#isSent && this.#writes === 0
  }

  ask(request: GuestRequest, requester: Requester): void {
    this.#requester = requester
    this.isUnanswered = true
    this.#reader = new AnswerReader(request, {
      head: (head) => requester.head(head),
      body: (bytes) => {
        this.#writes += 1
        requester.body(bytes, this.#written)
      },
    })
    this.#stream.write(headOf(request), 'latin1')
    if (request.body !== undefined) this.#send(request.body, request.headers)
  }

  destroy(): void {
    this.#requester = undefined
    this.#stream.destroy()
  }

  #send(body: Readable, headers: OutgoingHttpHeaders): void {
    this.#isSent = false
    const pieces = headers['content-length'] === undefined ? body.pipe(chunked()) : body
    pieces.pipe(this.#stream, { end: false })
    pieces.once('end', () => {
      this.#isSent = true
      this.#rest()
    })
  }

  readonly #arrived = (bytes: Buffer): void => {
    const reader = this.#reader
    const requester = this.#requester
    // Unsolicited data.
    if (reader === undefined || requester === undefined) {
      this.destroy()
      return
    }
    this.isUnanswered = false
    try {
      const taken = reader.read(bytes)
      // The requester may have disconnected meanwhile.
      if (this.#requester !== requester) return
      if (reader.isDone) this.#done(requester, reader, bytes.subarray(taken))
    } catch (error) {
      this.#fail(error as Error)
    }
    if (this.#writes > 0 && !isLender(this.#stream)) this.#stream.pause()
  }

  #done(requester: Requester, reader: AnswerReader, rest: Buffer): void {
    this.#requester = undefined
    this.#reader = undefined
    if (reader.isSwitched) {
      this.#giveAway(requester, Buffer.from(rest))
      return
    }
    if (!reader.keepsAlive || rest.length > 0) this.#stream.destroy()
    requester.end()
    this.#rest()
  }

  #giveAway(requester: Requester, first: Buffer): void {
    const stream = this.#stream
    this.#isSwitched = true
    stream.off('data', this.#arrived).off('error', this.#broken).off('end', this.#ended)
    stream.off('close', this.#closed)
    if (isLender(stream)) stream.lend(undefined)
    this.#changed(this)
    requester.switched(stream, first)
  }

  readonly #written = (): void => {
    this.#writes -= 1
    if (this.#writes > 0) return
    const stream = this.#stream
    if (isLender(stream)) stream.giveBack()
    else stream.resume()
    this.#rest()
  }

  #rest(): void {
    if (this.isIdle) this.#changed(this)
  }

  readonly #ended = (): void => {
    const requester = this.#requester
    try {
      this.#reader?.end()
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    this.#requester = undefined
    this.#stream.destroy()
    requester?.end()
  }

  readonly #broken = (error: Error): void => this.#fail(error)

  readonly #closed = (): void => {
    this.#fail(new Error('the server closed the connection'))
    this.#changed(this)
  }

  #fail(error: Error): void {
    const requester = this.#requester
    this.destroy()
    requester?.failed(error)
  }
}

function headOf({ method, path, headers }: GuestRequest): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** A body of unknown length (RFC 9112 section 7.1). */
function chunked(): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      if (piece.length > 0) {
        this.push(`${piece.length.toString(16)}\r\n`)
        this.push(piece)
        this.push('\r\n')
      }
      done()
    },
    flush(done) {
      this.push('0\r\n\r\n')
      done()
    },
  })
}
