/**
 * The host's end of a TCP flow as a descriptor of ours, past Node: no object of Node's, no event and no turn of its
 * queues per connection, and few system calls. Each change of the socket is told once (EPOLLET), so that it is
 * registered once and forgotten with its close; what it was told is kept in flags until the flow wants it. Linux only;
 * `tcp-socket.ts` is the same on Node's sockets.
 */
import koffi from 'koffi'
import type { TcpConnection } from '../tcp/connection.ts'
import type { HostStream } from '../tcp/host-stream.ts'
import { packetMemory } from '../wire/packet-memory.ts'
import type { Pump } from './pump.ts'
import { ready, type Waiting } from './readiness.ts'
import {
  addressOf,
  closeFd,
  connectSocket,
  errno,
  howToShut,
  ioFlags,
  openSocket,
  receiveBytes,
  sendBytes,
  setNoDelay,
  setReset,
  shutdownSocket,
  streamKind,
  takeError,
} from './stream-calls.ts'
import { systemError } from './system-error.ts'
import { failureOf, takeRest } from './tcp-socket.ts'

/** Where to dial: struct sockaddr of any kind. */
export interface SocketName {
  readonly family: number
  readonly bytes: Uint8Array
  readonly length: number
}

const wanted = ready.read | ready.write | ready.peerEnded | ready.edge
/** A read of so many bytes shows a busy flow, whose next bytes are read into its send buffer. */
const busyBytes = 32 * 1024
/** One flow may read about so much before the others have their turn. */
const mostBytesPerTurn = 1024 * 1024

let packetsAt = 0

/** For the system; packet memory's is known, so that it costs no call. */
function placeOf(bytes: Uint8Array): number {
  if (!packetMemory.has(bytes)) return addressOf(bytes)
  if (packetsAt === 0) packetsAt = addressOf(packetMemory.bytes)
  return packetsAt + bytes.byteOffset
}

export class DirectStream implements HostStream, Waiting {
  readonly #pump: Pump
  #fd = -1
  #connection: TcpConnection | undefined
  /** Where else to try, while it is being dialled. */
  #others: readonly SocketName[] | undefined
  #isDialling = false
  #isDelaySet = false
  #isReading = false
  /** There may be something to read. */
  #isReadable = false
  #isBusy = false
  /** The peer is known to have ended or reset it: a short read is not the last one. */
  #isEndNear = false
  #isReadOver = false
  #isEnding = false
  #isWriteOver = false
  #isBroken = false
  #isTurnAsked = false
  /** What the kernel did not take yet, in order, and how much of the first it has. */
  readonly #rests: Uint8Array[] = []
  #restAt = 0
  queuedBytes = 0
  /** Called once, when the descriptor is closed. */
  closed: ((stream: DirectStream) => void) | undefined

  private constructor(pump: Pump) {
    this.#pump = pump
  }

  /** Dials for a guest, the names in turn; the events come to the connection given. */
  static dial(pump: Pump, connection: TcpConnection, names: readonly SocketName[]): DirectStream {
    const stream = new DirectStream(pump)
    stream.#connection = connection
    stream.#isDialling = true
    stream.#dial(names)
    return stream
  }

  /** For a descriptor that was accepted and does not block. Undefined: the system cannot watch it, and it is closed. */
  static accepted(pump: Pump, fd: number): DirectStream | undefined {
    const stream = new DirectStream(pump)
    if (!pump.readiness!.add(fd, stream, wanted)) {
      closeFd(fd)
      return undefined
    }
    stream.#fd = fd
    // It has it from the socket that listens.
    stream.#isDelaySet = true
    return stream
  }

  /** Whose events they are from now on. */
  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#fd < 0 || this.#isBroken) return
    let from = start
    if (this.queuedBytes === 0) {
      this.#withoutDelay()
      from += this.#send(placeOf(bytes) + start, end - start)
    }
    if (from === end || this.#isBroken) return
    const rest = takeRest(end - from)
    rest.set(bytes.subarray(from, end))
    this.#queue(rest)
  }

  writePieces(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    if (this.#fd < 0 || this.#isBroken) return
    const { gather } = this.#pump
    if (gather === undefined || !packetMemory.has(bytes) || this.queuedBytes > 0) {
      for (let i = 0; i < pieces; i += 1) this.write(bytes, edges[2 * i]!, edges[2 * i + 1]!)
      return
    }
    gather.clear()
    for (let i = 0; i < pieces; i += 1) {
      const start = edges[2 * i]!
      gather.add(bytes.byteOffset + start, edges[2 * i + 1]! - start)
    }
    this.#withoutDelay()
    const sent = gather.send(this.#fd)
    if (sent === gather.total) return
    const rest = takeRest(gather.total - sent)
    gather.copyRest(sent, rest)
    this.#queue(rest)
    // It may be an error and not a full buffer.
    if (sent === 0) this.#flush()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.queuedBytes === 0) this.#endWriting()
  }

  setReading(isWanted: boolean): void {
    this.#isReading = isWanted
    // Not at once: the engine is in the midst of something.
    if (isWanted && this.#isReadable) this.#askTurn()
  }

  reset(): void {
    this.#connection = undefined
    if (this.#fd < 0) return
    setReset(this.#fd)
    this.#close()
  }

  /** Ends it from the host's side. */
  destroy(): void {
    this.#fail()
  }

  abandoned(): void {
    this.#connection = undefined
    this.#close()
  }

  ready(events: number): void {
    if (events === 0) this.#isTurnAsked = false
    if (this.#fd < 0) return
    if (this.#isDialling) {
      if ((events & (ready.write | ready.error | ready.hangUp)) === 0) return
      const error = takeError(this.#fd)
      if (error !== 0) {
        this.#dialFailed(error)
        return
      }
      this.#connected()
    }
    if ((events & (ready.read | ready.peerEnded | ready.error | ready.hangUp)) !== 0) this.#isReadable = true
    if ((events & (ready.peerEnded | ready.error | ready.hangUp)) !== 0) this.#isEndNear = true
    // What came before an error is read first, if somebody reads.
    const isHopeless = (events & ready.error) !== 0 && (this.#isReadOver || !this.#isReading)
    if (this.#isBroken || isHopeless) {
      this.#fail()
      return
    }
    if ((events & ready.write) !== 0 && this.queuedBytes > 0) this.#flush()
    if (this.#isReadable && this.#isReading && !this.#isReadOver) this.#read()
  }

  #dial(names: readonly SocketName[]): void {
    const name = names[0]!
    this.#others = names.length > 1 ? names.slice(1) : undefined
    const fd = openSocket(name.family, streamKind, 0)
    if (fd < 0) {
      this.#dialFailed(koffi.errno())
      return
    }
    this.#fd = fd
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

  #connected(): void {
    this.#isDialling = false
    this.#others = undefined
    if (this.#connection === undefined) return
    this.#pump.begin().tcp.hostConnected(this.#connection)
    this.#pump.end()
  }

  #dialFailed(error: number): void {
    const others = this.#others
    if (others !== undefined) {
      this.#closeFd()
      this.#dial(others)
      return
    }
    const connection = this.#connection
    this.#connection = undefined
    this.#close()
    if (connection === undefined) return
    this.#pump.begin().tcp.hostFailed(connection, failureOf(systemError('connect', error)))
    this.#pump.end()
  }

  #read(): void {
    const pump = this.#pump
    let left = mostBytesPerTurn
    while (this.#isReading && this.#fd >= 0) {
      const { tcp } = pump.begin()
      const connection = this.#connection
      const lent = this.#isBusy && connection !== undefined ? tcp.lend(connection) : undefined
      const place = lent ?? pump.readBuffer
      const count = receiveBytes(this.#fd, lent ? placeOf(lent) : pump.readBufferAt, place.length, ioFlags)
      const error = count < 0 ? koffi.errno() : 0
      if (count > 0) {
        this.#isBusy = count >= busyBytes || (lent !== undefined && count === place.length)
        if (lent !== undefined) tcp.hostRead(connection!, count)
        else if (connection !== undefined) tcp.hostData(connection, place, 0, count)
      } else if (lent !== undefined) connection!.buffer.takeBack(0)
      // A short read of a stream empties it (epoll(7)), and what comes later is told anew.
      if (count > 0 && count < place.length && !this.#isEndNear) this.#isReadable = false
      if (count === 0) this.#ended()
      else if (error === errno.again) this.#isReadable = false
      else if (count < 0 && error !== errno.interrupted) this.#fail()
      pump.end()
      if (!this.#isReadable) return
      left -= count
      if (left <= 0) {
        this.#askTurn()
        return
      }
    }
  }

  #ended(): void {
    this.#isReadOver = true
    this.#isReadable = false
    const connection = this.#connection
    if (this.#isWriteOver) this.#finish()
    if (connection !== undefined) this.#pump.stack.tcp.hostEnded(connection)
  }

  #askTurn(): void {
    if (this.#isTurnAsked) return
    this.#isTurnAsked = true
    this.#pump.readiness!.again(this)
  }

  #withoutDelay(): void {
    if (this.#isDelaySet) return
    this.#isDelaySet = true
    setNoDelay(this.#fd)
  }

  /** Bytes that the kernel took. An error is told later: the engine is in the midst of something. */
  #send(at: number, count: number): number {
    const sent = sendBytes(this.#fd, at, count, ioFlags)
    if (sent >= 0) return sent
    const error = koffi.errno()
    if (error !== errno.again && error !== errno.interrupted) {
      this.#isBroken = true
      this.#askTurn()
    }
    return 0
  }

  #queue(rest: Uint8Array): void {
    this.#rests.push(rest)
    this.queuedBytes += rest.length
  }

  #flush(): void {
    const before = this.queuedBytes
    while (this.queuedBytes > 0) {
      const rest = this.#rests[0]!
      const sent = this.#send(placeOf(rest) + this.#restAt, rest.length - this.#restAt)
      this.queuedBytes -= sent
      this.#restAt += sent
      if (this.#restAt < rest.length) break
      this.#restAt = 0
      packetMemory.give(this.#rests.shift()!)
    }
    const connection = this.#connection
    if (this.queuedBytes === 0 && this.#isEnding) this.#endWriting()
    if (connection === undefined || this.queuedBytes === before) return
    this.#pump.begin().tcp.hostDrained(connection)
    this.#pump.end()
  }

  /** With the other direction over too the close says it all. */
  #endWriting(): void {
    if (this.#fd < 0) return
    this.#isWriteOver = true
    if (this.#isReadOver) this.#finish()
    else shutdownSocket(this.#fd, howToShut.write)
  }

  /** Both directions are over. */
  #finish(): void {
    this.#connection = undefined
    this.#close()
  }

  #fail(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#close()
    if (connection === undefined) return
    this.#pump.begin().tcp.hostReset(connection)
    this.#pump.end()
  }

  #close(): void {
    this.#isReading = false
    this.#isReadable = false
    for (const rest of this.#rests) packetMemory.give(rest)
    this.#rests.length = 0
    this.queuedBytes = 0
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

/** 127.0.0.0/8 or ::1; the length tells the kind. */
function isLoopback({ bytes, length }: SocketName): boolean {
  if (length === 16) return bytes[4] === 127
  if (length !== 28) return false
  for (let i = 8; i < 23; i += 1) if (bytes[i] !== 0) return false
  return bytes[23] === 1
}
