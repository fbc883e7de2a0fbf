/**
 * Host end of a TCP flow: owns the file descriptor and bypasses net.Socket, with no Node object, event or
 * microtask per connection, and few system calls. Readiness is edge-triggered (EPOLLET): registered once, removed
 * by close, and recorded in flags until the flow needs it. Linux only; `node-socket.ts` is the equivalent with
 * Node's sockets.
 */
import type { DialFailure, IcmpFailure } from '../../core/failure.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { ready, type Waiting } from '../linux/readiness.ts'
import { closeFd, howToShut, setReset, shutdownSocket } from '../linux/sockets.ts'
import type { AnySocketAddress } from '../sockaddr.ts'
import { type DialProgress, DirectDial } from './direct-dial.ts'
import { DirectReader, noBytes } from './direct-reader.ts'
import { DirectWriter } from './direct-writer.ts'

const wanted = ready.read | ready.write | ready.peerEnded | ready.edge
const isOver = ready.peerEnded | ready.error | ready.hangUp
/** Approximate read quota per flow and turn. */
const mostBytesPerTurn = 1024 * 1024

export class DirectStream implements HostStream, Waiting {
  readonly #loop: EventLoop
  readonly #reader: DirectReader
  readonly #writer: DirectWriter
  #fd = -1
  #connection: TcpConnection | undefined
  /** Set while dialling. */
  #dial: DirectDial | undefined
  #isEnding = false
  #isWriteOver = false
  #isTurnRequested = false
  /** Called once, when the descriptor is closed. */
  closed: ((stream: DirectStream) => void) | undefined

  private constructor(loop: EventLoop, isDelaySet: boolean) {
    this.#loop = loop
    this.#reader = new DirectReader(loop)
    this.#writer = new DirectWriter(loop.gather, isDelaySet)
  }

  /** Dials the addresses in turn for a guest; events go to `connection`. */
  static dial(loop: EventLoop, connection: TcpConnection, names: readonly AnySocketAddress[]): DirectStream {
    const stream = new DirectStream(loop, false)
    stream.#connection = connection
    stream.#dial = new DirectDial(names, connection.hopsLeft)
    stream.#dialNext(stream.#dial)
    return stream
  }

  /**
   * Wraps an accepted non-blocking fd with TCP_NODELAY set. Returns undefined and closes it if it cannot be added
   * to epoll.
   */
  static accepted(loop: EventLoop, fd: number): DirectStream | undefined {
    const stream = new DirectStream(loop, true)
    if (!loop.readiness!.add(fd, stream, wanted)) {
      closeFd(fd)
      return undefined
    }
    stream.#opened(fd)
    return stream
  }

  /** Connection that receives the events from now on. */
  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.#writer.write(bytes, start, end)
    if (this.#writer.isBroken) this.#requestTurn()
  }

  writePieces(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    this.#writer.writePieces(bytes, edges, pieces)
    if (this.#writer.isBroken) this.#requestTurn()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.queuedBytes === 0) this.#endWriting()
  }

  setReading(isWanted: boolean): void {
    this.#reader.isWanted = isWanted
    // Defer: the engine is still processing an event.
    if (isWanted && this.#reader.isReadable) this.#requestTurn()
  }

  reset(): void {
    this.#connection = undefined
    if (this.#fd < 0) return
    setReset(this.#fd)
    this.#close()
  }

  /** Ends the connection from the host's side. */
  destroy(): void {
    const connection = this.#takeConnection()
    this.#close()
    if (connection === undefined) return
    this.#loop.begin().tcp.hostReset(connection)
    this.#loop.end()
  }

  abandoned(): void {
    this.#connection = undefined
    this.#close()
  }

  ready(events: number): void {
    if (events === 0) this.#isTurnRequested = false
    if (this.#fd < 0) return
    const dial = this.#dial
    if (dial !== undefined) {
      this.#continueDial(dial, dial.answered(this.#loop, events))
      if (this.#dial !== undefined || this.#fd < 0) return
    }
    const reader = this.#reader
    if ((events & (ready.read | isOver)) !== 0) reader.isReadable = true
    if ((events & isOver) !== 0) reader.isEndNear = true
    if ((events & ready.error) !== 0 && reader.isOver) {
      this.destroy()
      return
    }
    if (this.#writer.isBroken) {
      this.#readLast()
      return
    }
    if ((events & ready.write) !== 0 && this.queuedBytes > 0) this.#flush()
    if (reader.canRead) this.#read()
  }

  #opened(fd: number): void {
    this.#fd = fd
    this.#writer.fd = fd
  }

  #dialNext(dial: DirectDial): void {
    const progress = dial.next()
    if (dial.fd >= 0) this.#opened(dial.fd)
    const isSound = progress === 'pending' || progress === 'connected'
    const isWatched = !isSound || this.#loop.readiness!.add(dial.fd, this, wanted)
    this.#continueDial(dial, isWatched ? progress : 'silent')
  }

  #continueDial(dial: DirectDial, progress: DialProgress): void {
    if (progress === 'pending') return
    if (progress === 'connected') this.#connected()
    else if (dial.hasMore && typeof progress === 'string') {
      this.#closeFd()
      this.#dialNext(dial)
    } else this.#failed(progress)
  }

  #connected(): void {
    this.#dial = undefined
    this.#loop.begin()
    if (this.#connection !== undefined) this.#loop.stack.tcp.hostConnected(this.#connection)
    this.#loop.end()
  }

  #failed(failure: DialFailure | IcmpFailure): void {
    const connection = this.#takeConnection()
    this.#close()
    if (connection === undefined) return
    this.#loop.begin().tcp.hostFailed(connection, failure)
    this.#loop.end()
  }

  #read(): void {
    const reader = this.#reader
    let left = mostBytesPerTurn
    while (reader.canRead) {
      if (left <= 0) {
        this.#requestTurn()
        return
      }
      this.#loop.begin()
      const count = reader.readOnce(this.#fd, this.#connection)
      if (count > 0) left -= count
      else if (count === noBytes.ended) this.#ended()
      else if (count === noBytes.broken) this.destroy()
      this.#loop.end()
    }
  }

  /** Reads data received before a socket error, later if the send buffer is full, then closes the stream. */
  #readLast(): void {
    const reader = this.#reader
    reader.isReadable = true
    reader.isEndNear = true
    this.#read()
    if (!reader.isReadable || reader.isOver) this.destroy()
  }

  #ended(): void {
    const connection = this.#connection
    if (this.#isWriteOver) this.#finish()
    if (connection !== undefined) this.#loop.stack.tcp.hostEnded(connection)
  }

  #requestTurn(): void {
    if (this.#isTurnRequested || this.#fd < 0) return
    this.#isTurnRequested = true
    this.#loop.readiness!.again(this)
  }

  #flush(): void {
    const isProgress = this.#writer.flush()
    if (this.#writer.isBroken) this.#requestTurn()
    if (isProgress && this.#connection !== undefined) {
      this.#loop.begin().tcp.hostDrained(this.#connection)
      this.#loop.end()
    }
    if (this.#isEnding && this.queuedBytes === 0) this.#endWriting()
  }

  /** If reading has ended too, close() sends the FIN; otherwise shut down writing. */
  #endWriting(): void {
    if (this.#fd < 0) return
    this.#isWriteOver = true
    if (this.#reader.isOver) this.#finish()
    else shutdownSocket(this.#fd, howToShut.write)
  }

  /** Both directions have ended. */
  #finish(): void {
    this.#connection = undefined
    this.#close()
  }

  #takeConnection(): TcpConnection | undefined {
    const connection = this.#connection
    this.#connection = undefined
    return connection
  }

  #close(): void {
    this.#reader.clear()
    this.#writer.clear()
    this.#closeFd()
    const { closed } = this
    this.closed = undefined
    closed?.(this)
  }

  #closeFd(): void {
    const fd = this.#fd
    if (fd < 0) return
    this.#fd = -1
    this.#loop.readiness!.forget(fd)
    closeFd(fd)
  }
}
