/** A connection to or from a guest as a Node stream: what `Forwarder.dial` gives, and what the gateway accepts. */
import { Duplex } from 'node:stream'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'

const bufferBytes = 256 * 1024

type Callback = (error?: Error | null) => void

export class GuestStream extends Duplex {
  readonly #loop: EventLoop
  readonly #opened: Callback
  #connection: TcpConnection | undefined
  #isWanted = false
  #isOpen = false
  #isDrainDue = false
  /** A write that waits until the engine has room. */
  #afterWrite: Callback | undefined

  /** @param opened called once: when the guest has accepted, or with the error when it has not. */
  constructor(loop: EventLoop, opened: Callback) {
    super({ allowHalfOpen: true, readableHighWaterMark: bufferBytes })
    this.#loop = loop
    this.#opened = opened
  }

  /** The other end of a connection that a guest opens to the gateway; `opened` when the guest has its answer. */
  static accepted(
    loop: EventLoop,
    connection: TcpConnection,
    opened: (stream: GuestStream) => void,
  ): HostStream {
    const stream: GuestStream = new GuestStream(loop, (error) => {
      if (!error) opened(stream)
    })
    stream.#connection = connection
    // The engine is still about to learn who is at this end.
    queueMicrotask(() => {
      if (stream.#connection === undefined) return
      loop.run(({ tcp }) => tcp.hostConnected(connection))
    })
    return stream.hostEnd
  }

  /** The same for the engine, to which this is "the host". */
  readonly hostEnd: HostStream = hostEndOf(this)

  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  roomChanged(isWanted: boolean): void {
    this.#isWanted = isWanted
    if (!isWanted) return
    if (!this.#isOpen) {
      this.#isOpen = true
      this.#opened()
    }
    const done = this.#afterWrite
    this.#afterWrite = undefined
    if (done !== undefined) process.nextTick(done)
  }

  wasReset(): void {
    this.#connection = undefined
    const error = Object.assign(new Error('the guest refused or ended the connection'), {
      code: this.#isOpen ? 'ECONNRESET' : 'ECONNREFUSED',
    })
    if (this.#isOpen) this.destroy(error)
    else {
      this.destroy()
      this.#opened(error)
    }
  }

  /** What the reader has taken opens the window; Node calls `_read` before that, and not again until bytes came. */
  override read(size?: number): unknown {
    const taken: unknown = super.read(size)
    if (taken !== null && !this.#isDrainDue) {
      this.#isDrainDue = true
      process.nextTick(this.#drained)
    }
    return taken
  }

  override _read(): void {}

  readonly #drained = (): void => {
    this.#isDrainDue = false
    if (this.#connection === undefined) return
    this.#loop.begin().tcp.hostDrained(this.#connection)
    this.#loop.end()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Callback): void {
    if (this.#connection === undefined) {
      done(new Error('the connection is closed'))
      return
    }
    this.#afterWrite = done
    this.#loop.begin().tcp.hostData(this.#connection, chunk, 0, chunk.length)
    this.#loop.end()
    if (this.#isWanted) this.roomChanged(true)
  }

  override _final(done: Callback): void {
    const connection = this.#connection
    if (connection !== undefined) this.#loop.run(({ tcp }) => tcp.hostEnded(connection))
    done()
  }

  override _destroy(error: Error | null, done: Callback): void {
    const connection = this.#connection
    this.#connection = undefined
    // After both ends the engine finishes by itself.
    if (connection !== undefined && !(this.readableEnded && this.writableFinished)) {
      this.#loop.run(({ tcp }) => tcp.hostReset(connection))
    }
    done(error)
  }
}

function hostEndOf(stream: GuestStream): HostStream {
  return {
    write: (bytes, start, end) => {
      stream.push(Buffer.from(bytes.subarray(start, end)))
    },
    get queuedBytes() {
      return stream.readableLength
    },
    end: () => {
      stream.push(null)
    },
    setReading: (isWanted) => stream.roomChanged(isWanted),
    reset: () => stream.wasReset(),
  }
}
