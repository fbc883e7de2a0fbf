/**
 * The host's end of a TCP flow as a descriptor of ours, past Node: no object of Node's, no event and no turn of its
 * queues per connection, and few system calls. Each change of the socket is told once (EPOLLET), so that it is
 * registered once and forgotten with its close; what it was told is kept in flags until the flow wants it. Linux only;
 * `tcp-socket.ts` is the same on Node's sockets.
 */
import koffi from 'koffi'
import type { IcmpFailure } from '../stack-host.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { DialFailure, HostStream } from '../tcp/host-stream.ts'
import { DirectReader, noBytes } from './direct-reader.ts'
import { DirectWriter } from './direct-writer.ts'
import { hopsAsUsual, limitHops, saidOnTheWay } from './few-hops.ts'
import type { IpOptions } from './icmp-errors.ts'
import type { Pump } from './pump.ts'
import { ready, type Waiting } from './readiness.ts'
import { isLoopback, type SocketName } from './socket-name.ts'
import {
  closeFd,
  connectSocket,
  errno,
  howToShut,
  openSocket,
  setReset,
  shutdownSocket,
  streamKind,
  takeError,
} from './stream-calls.ts'
import { systemError } from './system-error.ts'
import { failureOf } from './tcp-socket.ts'

const wanted = ready.read | ready.write | ready.peerEnded | ready.edge
const isOver = ready.peerEnded | ready.error | ready.hangUp
/** One flow may read about so much before the others have their turn. */
const mostBytesPerTurn = 1024 * 1024

export class DirectStream implements HostStream, Waiting {
  readonly #pump: Pump
  readonly #reader: DirectReader
  readonly #writer: DirectWriter
  #fd = -1
  #connection: TcpConnection | undefined
  #isDialling = false
  /** How many hops it may go is the guest's choice; undefined: it is not. */
  #fewHops: IpOptions | undefined
  /** Where else to try, while it is being dialled. */
  #others: readonly SocketName[] | undefined
  #isEnding = false
  #isWriteOver = false
  #isTurnAsked = false
  /** Called once, when the descriptor is closed. */
  closed: ((stream: DirectStream) => void) | undefined

  private constructor(pump: Pump, isDelaySet: boolean) {
    this.#pump = pump
    this.#reader = new DirectReader(pump)
    this.#writer = new DirectWriter(pump.gather, isDelaySet)
  }

  /** Dials for a guest, the names in turn; the events come to the connection given. */
  static dial(pump: Pump, connection: TcpConnection, names: readonly SocketName[]): DirectStream {
    const stream = new DirectStream(pump, false)
    stream.#connection = connection
    stream.#dial(names)
    return stream
  }

  /**
   * For a descriptor that was accepted, does not block and does not delay. Undefined: the system cannot watch it, and
   * it is closed.
   */
  static accepted(pump: Pump, fd: number): DirectStream | undefined {
    const stream = new DirectStream(pump, true)
    if (!pump.readiness!.add(fd, stream, wanted)) {
      closeFd(fd)
      return undefined
    }
    stream.#opened(fd)
    return stream
  }

  /** Whose events they are from now on. */
  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.#writer.write(bytes, start, end)
    if (this.#writer.isBroken) this.#askTurn()
  }

  writePieces(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    this.#writer.writePieces(bytes, edges, pieces)
    if (this.#writer.isBroken) this.#askTurn()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.queuedBytes === 0) this.#endWriting()
  }

  setReading(isWanted: boolean): void {
    this.#reader.isWanted = isWanted
    // Not at once: the engine is in the midst of something.
    if (isWanted && this.#reader.isReadable) this.#askTurn()
  }

  reset(): void {
    this.#connection = undefined
    if (this.#fd < 0) return
    setReset(this.#fd)
    this.#close()
  }

  /** Ends it from the host's side. */
  destroy(): void {
    const connection = this.#takeConnection()
    this.#close()
    if (connection === undefined) return
    this.#pump.begin().tcp.hostReset(connection)
    this.#pump.end()
  }

  abandoned(): void {
    this.#connection = undefined
    this.#close()
  }

  ready(events: number): void {
    if (events === 0) this.#isTurnAsked = false
    if (this.#fd < 0) return
    if (this.#isDialling && !this.#isAnswered(events)) return
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
    this.#reader.fd = fd
    this.#writer.fd = fd
  }

  #dial(names: readonly SocketName[]): void {
    const name = names[0]!
    this.#isDialling = true
    this.#others = names.length > 1 ? names.slice(1) : undefined
    const fd = openSocket(name.family, streamKind, 0)
    if (fd < 0) {
      this.#dialFailed(koffi.errno())
      return
    }
    this.#opened(fd)
    const hops = this.#connection?.hopsLeft ?? 0
    if (hops > 0) this.#fewHops = limitHops(fd, name.family, hops)
    let error = connectSocket(fd, name.bytes, name.length) < 0 ? koffi.errno() : 0
    // On loopback it is mostly done by now, which a second call tells without waiting for the event.
    if (error === errno.inProgress && isLoopback(name)) {
      error = connectSocket(fd, name.bytes, name.length) < 0 ? koffi.errno() : 0
    }
    const isUnderWay = error === errno.inProgress || error === errno.already
    if (!isUnderWay && error !== 0 && error !== errno.isConnected) this.#dialFailed(error)
    else if (!this.#pump.readiness!.add(fd, this, wanted)) this.#dialFailed(koffi.errno())
    else if (!isUnderWay) this.#connected()
  }

  /** Whether the dial has succeeded now. */
  #isAnswered(events: number): boolean {
    if ((events & (ready.write | ready.error | ready.hangUp)) === 0) return false
    const said = this.#fewHops && saidOnTheWay(this.#pump, this.#fd)
    if (said !== undefined) {
      this.#failed(said)
      return false
    }
    const error = takeError(this.#fd)
    if (error === 0) this.#connected()
    else this.#dialFailed(error)
    return error === 0
  }

  #connected(): void {
    if (this.#fewHops !== undefined) hopsAsUsual(this.#fd, this.#fewHops)
    this.#fewHops = undefined
    this.#isDialling = false
    this.#others = undefined
    this.#pump.begin()
    if (this.#connection !== undefined) this.#pump.stack.tcp.hostConnected(this.#connection)
    this.#pump.end()
  }

  #dialFailed(error: number): void {
    if (this.#others !== undefined) {
      this.#closeFd()
      this.#dial(this.#others)
      return
    }
    this.#failed(failureOf(systemError('connect', error)))
  }

  #failed(failure: DialFailure | IcmpFailure): void {
    const connection = this.#takeConnection()
    this.#close()
    if (connection === undefined) return
    this.#pump.begin().tcp.hostFailed(connection, failure)
    this.#pump.end()
  }

  #read(): void {
    const reader = this.#reader
    let left = mostBytesPerTurn
    while (reader.canRead) {
      if (left <= 0) {
        this.#askTurn()
        return
      }
      this.#pump.begin()
      const count = reader.readOnce(this.#connection)
      if (count > 0) left -= count
      else if (count === noBytes.ended) this.#ended()
      else if (count === noBytes.broken) this.destroy()
      this.#pump.end()
    }
  }

  /** What came before an error is read first, by a flow that is full when it has room again; then it is over. */
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
    if (connection !== undefined) this.#pump.stack.tcp.hostEnded(connection)
  }

  #askTurn(): void {
    if (this.#isTurnAsked || this.#fd < 0) return
    this.#isTurnAsked = true
    this.#pump.readiness!.again(this)
  }

  #flush(): void {
    const isProgress = this.#writer.flush()
    if (this.#writer.isBroken) this.#askTurn()
    if (isProgress && this.#connection !== undefined) {
      this.#pump.begin().tcp.hostDrained(this.#connection)
      this.#pump.end()
    }
    if (this.#isEnding && this.queuedBytes === 0) this.#endWriting()
  }

  /** With the other direction over too the close says it all. */
  #endWriting(): void {
    if (this.#fd < 0) return
    this.#isWriteOver = true
    if (this.#reader.isOver) this.#finish()
    else shutdownSocket(this.#fd, howToShut.write)
  }

  /** Both directions are over. */
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
    this.#pump.readiness!.forget(fd)
    closeFd(fd)
  }
}
