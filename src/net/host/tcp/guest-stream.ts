/** Connection to or from a guest as a Node stream, for `Forwarder.dial` and for gateway services. */
import { Duplex } from 'node:stream'
import type { HostStream } from '../../core/host-stream.ts'
import type { Borrower, Lending } from '../../core/lending.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { LentMemory } from './lent-memory.ts'

const bufferBytes = 256 * 1024

type Callback = (error?: Error | null) => void

export class GuestStream extends Duplex implements Lending {
  readonly #loop: EventLoop
  readonly #opened: Callback
  #connection: TcpConnection | undefined
  #isWanted = false
  #isOpen = false
  #isDrainDue = false
  /** Pending write that waits for room in the send buffer. */
  #afterWrite: Callback | undefined
  #lent: LentMemory | undefined
  /** The guest has ended, after bytes that are not lent yet. */
  #isEndDue = false

  /** @param opened called once: when the guest has accepted, or with the error */
  constructor(loop: EventLoop, opened: Callback) {
    super({ allowHalfOpen: true, readableHighWaterMark: bufferBytes })
    this.#loop = loop
    this.#opened = opened
  }

  /** Host end of a guest's connection to the gateway; `opened` is called when the guest has its SYN-ACK. */
  static accepted(
    loop: EventLoop,
    connection: TcpConnection,
    opened: (stream: GuestStream) => void,
  ): HostStream {
    const stream: GuestStream = new GuestStream(loop, (error) => {
      if (!error) opened(stream)
    })
    stream.#connection = connection
    // Deferred, because the engine has not registered this host end yet.
    queueMicrotask(() => {
      if (stream.#connection === undefined) return
      loop.run(({ tcp }) => tcp.hostConnected(connection))
    })
    return stream.hostEnd
  }

  /** The host end that the engine sees. */
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
    // Pass on the data received before the reset.
    this.lend(undefined)
    const error = Object.assign(new Error('the guest refused or ended the connection'), {
      code: this.#isOpen ? 'ECONNRESET' : 'ECONNREFUSED',
    })
    if (this.#isOpen) this.destroy(error)
    else {
      this.destroy()
      this.#opened(error)
    }
  }

  /** Reading data opens the window. Node calls `_read` before that, and again only after new data. */
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

  lend(borrower: Borrower | undefined): void {
    const lent = this.#lent
    this.#lent = borrower && new LentMemory(borrower)
    if (lent === undefined) return
    // Data that is not lent is pushed as the reader's own.
    lent.takeBack()
    if (lent.canLend) this.push(lent.take())
    if (this.#isEndDue) this.#endReading()
  }

  giveBack(): void {
    const lent = this.#lent
    if (lent === undefined || this.destroyed) return
    lent.takeBack()
    this.#lendNext(lent)
    this.#drained()
  }

  /** Bytes from the guest that were not read. */
  get waitingBytes(): number {
    return this.readableLength + (this.#lent?.queuedBytes ?? 0)
  }

  /** Data from the guest: `edges` has start and end of each piece. */
  arrived(bytes: Uint8Array, edges: ArrayLike<number>, pieces: number): void {
    const lent = this.#lent
    if (lent === undefined) {
      this.push(joined(bytes, edges, pieces))
      return
    }
    for (let i = 0; i < pieces; i += 1) lent.add(bytes, edges[2 * i]!, edges[2 * i + 1]!)
    this.#lendNext(lent)
  }

  guestEnded(): void {
    if (this.#lent !== undefined && this.#lent.queuedBytes > 0) this.#isEndDue = true
    else this.push(null)
  }

  #endReading(): void {
    this.#isEndDue = false
    this.push(null)
  }

  #lendNext(lent: LentMemory): void {
    while (lent.canLend && !lent.borrower.isHolding) {
      this.push(lent.take())
      // The reader did not consume it immediately.
      if (this.readableLength > 0) lent.abandon()
      else if (!lent.borrower.isHolding) lent.takeBack()
    }
    // The borrower may have ended the loan meanwhile.
    if (this.#isEndDue && this.#lent === lent && lent.queuedBytes === 0) this.#endReading()
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
    // If both ends have closed, the engine finishes the connection.
    if (connection !== undefined && !(this.readableEnded && this.writableFinished)) {
      this.#loop.run(({ tcp }) => tcp.hostReset(connection))
    }
    done(error)
  }
}

function hostEndOf(stream: GuestStream): HostStream {
  const edges = new Int32Array(2)
  return {
    write: (bytes, start, end) => {
      edges[0] = start
      edges[1] = end
      stream.arrived(bytes, edges, 1)
    },
    writePieces: (bytes, all, pieces) => stream.arrived(bytes, all, pieces),
    get queuedBytes() {
      return stream.waitingBytes
    },
    end: () => stream.guestEnded(),
    setReading: (isWanted) => stream.roomChanged(isWanted),
    reset: () => stream.wasReset(),
  }
}

function joined(bytes: Uint8Array, edges: ArrayLike<number>, pieces: number): Buffer {
  let length = 0
  for (let i = 0; i < pieces; i += 1) length += edges[2 * i + 1]! - edges[2 * i]!
  const whole = Buffer.allocUnsafe(length)
  let at = 0
  for (let i = 0; i < pieces; i += 1) {
    const piece = bytes.subarray(edges[2 * i], edges[2 * i + 1])
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
