/** Host end of a TCP flow over a Node socket, dialled or accepted for a guest. */
import { connect, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net'
import { systemCode } from '../../../errors/system.ts'
import type { DialFailure } from '../../core/failure.ts'
import type { HostStream } from '../../core/host-stream.ts'
import { blockBytes, packetMemory, smallestPieceBytes } from '../../storage/packet-memory.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { retarget, withOwnBuffer } from '../node/own-buffer.ts'
import { fdForSending, sendDirectly } from '../node/send.ts'
import { ReadPlace } from './read-place.ts'
import type { Loopbacks } from './sockets.ts'

export class NodeSocket implements HostStream {
  readonly #loop: EventLoop
  readonly #socket: Socket
  readonly #place: ReadPlace
  #connection: TcpConnection | undefined
  #isDialling: boolean
  #isStalled = false
  /** Pending stream writes, in order. */
  readonly #rests: Uint8Array[] = []
  readonly #onWritten = () => this.#written()

  /** @param open returns the socket, with the given `onread` options */
  constructor(loop: EventLoop, open: (onread: OnReadOpts) => Socket, isDialling: boolean) {
    this.#loop = loop
    this.#place = new ReadPlace(loop)
    const socket = open({
      buffer: () => this.#place.next(this.#connection),
      callback: (count) => {
        this.#place.received(this.#connection, count)
        return true
      },
    })
    this.#socket = socket
    this.#place.retarget = (place) => retarget(socket, place)
    this.#isDialling = isDialling
    socket.pause()
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => this.#closed())
    if (isDialling) socket.on('connect', () => this.#connected())
  }

  /** Connection that receives the events from now on. */
  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const socket = this.#socket
    if (socket.destroyed) return
    const from = start + sendDirectly(socket, bytes, start, end)
    if (from === end) return
    const rest = takeRest(end - from)
    rest.set(bytes.subarray(from, end))
    this.#queue(rest)
  }

  writePieces(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    const socket = this.#socket
    if (socket.destroyed) return
    const { gather } = this.#loop
    if (gather === undefined || !packetMemory.has(bytes)) {
      for (let i = 0; i < pieces; i += 1) this.write(bytes, edges[2 * i]!, edges[2 * i + 1]!)
      return
    }
    gather.take(bytes, edges, pieces)
    const fd = fdForSending(socket)
    const sent = fd < 0 ? 0 : gather.send(fd)
    if (sent === gather.total) return
    const rest = takeRest(gather.total - sent)
    gather.copyRest(sent, rest)
    this.#queue(rest)
  }

  /** Writes through the stream, which waits and reports errors. */
  #queue(rest: Uint8Array): void {
    const socket = this.#socket
    this.#rests.push(rest)
    socket.write(rest, this.#onWritten)
    this.#isStalled = socket.writableLength > 0
  }

  end(): void {
    this.#socket.end()
  }

  setReading(isWanted: boolean): void {
    if (isWanted) this.#socket.resume()
    else this.#socket.pause()
  }

  reset(): void {
    this.#connection = undefined
    if (this.#socket.destroyed) return
    // Unix sockets have no reset.
    if (this.#socket.remoteFamily === undefined) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  /** Data that Node read into its own buffer. */
  received(bytes: Uint8Array): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#loop.begin().tcp.hostData(connection, bytes, 0, bytes.length)
    this.#loop.end()
  }

  #connected(): void {
    this.#isDialling = false
    const connection = this.#connection
    if (connection !== undefined) this.#loop.run(({ tcp }) => tcp.hostConnected(connection))
  }

  #written(): void {
    packetMemory.give(this.#rests.shift()!)
    if (!this.#isStalled || this.#connection === undefined) return
    this.#isStalled = this.#socket.writableLength > 0
    this.#loop.begin().tcp.hostDrained(this.#connection)
    this.#loop.end()
  }

  #ended(): void {
    this.#place.close()
    const connection = this.#connection
    if (connection !== undefined) this.#loop.run(({ tcp }) => tcp.hostEnded(connection))
  }

  #failed(error: Error): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    const { tcp } = this.#loop.begin()
    if (this.#isDialling) tcp.hostFailed(connection, failureOf(error))
    else tcp.hostReset(connection)
    this.#loop.end()
  }

  #closed(): void {
    this.#place.close()
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined || (this.#socket.readableEnded && this.#socket.writableFinished)) return
    this.#loop.run(({ tcp }) => tcp.hostReset(connection))
  }
}

/**
 * Memory for data that the kernel does not accept immediately. Large Node buffers are mapped, cleared and
 * collected each time, which dominates the cost; pieces of packet memory are reused.
 */
export function takeRest(bytes: number): Uint8Array {
  if (bytes < smallestPieceBytes || bytes > blockBytes) return Buffer.allocUnsafe(bytes)
  const piece = packetMemory.take(2 ** Math.ceil(Math.log2(bytes)))
  return piece?.subarray(0, bytes) ?? Buffer.allocUnsafe(bytes)
}

/** Dials for a guest; events go to `connection`. */
export function dialHost(
  loop: EventLoop,
  connection: TcpConnection,
  to: { host: string; port: number; lookup?: LookupFunction; autoSelectFamily?: boolean } | { path: string },
): NodeSocket {
  const options = { allowHalfOpen: true, noDelay: true, autoSelectFamily: false, ...to }
  const host = new NodeSocket(loop, (onread) => connect({ ...options, onread }), true)
  host.connection = connection
  return host
}

/** @param onClose called once the socket is closed, for any reason */
export function dialUnix(
  loop: EventLoop,
  connection: TcpConnection,
  path: string,
  onClose: () => void,
): NodeSocket {
  const open = (onread: OnReadOpts): Socket =>
    connect({ path, allowHalfOpen: true, onread }).once('close', onClose)
  const host = new NodeSocket(loop, open, true)
  host.connection = connection
  return host
}

/** Dials the loopback addresses in turn. */
export function inTurn(port: number, inOrder: Loopbacks): Parameters<typeof dialHost>[2] {
  const both = inOrder.map((address) => ({ address, family: isIP(address) }))
  return {
    host: 'localhost',
    port,
    lookup: (_name, _options, done) => done(null, both),
    autoSelectFamily: true,
  }
}

/** Wraps an accepted, paused socket. */
export function acceptedSocket(loop: EventLoop, socket: Socket): NodeSocket {
  let isOwn = true
  const open = (onread: OnReadOpts): Socket => {
    const own = withOwnBuffer(socket, onread)
    isOwn = own !== undefined
    return own ?? socket
  }
  const host = new NodeSocket(loop, open, false)
  if (!isOwn) socket.on('data', (chunk: Uint8Array) => host.received(chunk))
  return host
}

export function failureOf(error: unknown): DialFailure {
  switch (systemCode(error)) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ENOENT':
      return 'refused'
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'host-unreachable'
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return 'network-unreachable'
    case 'EACCES':
    case 'EPERM':
      return 'prohibited'
    default:
      return 'silent'
  }
}
