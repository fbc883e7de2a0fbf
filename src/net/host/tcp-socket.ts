/** The host's end of a TCP flow: an ordinary socket, dialled for a guest or accepted for one. */
import { connect, type LookupFunction, type Socket } from 'node:net'
import { systemCode } from '../../errors.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { DialFailure, HostStream } from '../tcp/host-stream.ts'
import { sendDirectly } from './direct-send.ts'
import type { Pump } from './pump.ts'

export class HostSocket implements HostStream {
  readonly #pump: Pump
  readonly #socket: Socket
  #connection: TcpConnection | undefined
  #isDialling: boolean
  #isStalled = false
  readonly #onWritten = () => this.#written()

  constructor(pump: Pump, socket: Socket, isDialling: boolean) {
    this.#pump = pump
    this.#socket = socket
    this.#isDialling = isDialling
    socket.pause()
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => this.#closed())
    if (isDialling) socket.on('connect', () => this.#connected())
    else socket.on('data', (chunk: Uint8Array) => this.received(chunk, chunk.length))
  }

  /** Whose events they are from now on. */
  set connection(connection: TcpConnection) {
    this.#connection = connection
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    const socket = this.#socket
    if (socket.destroyed) return
    const sent = sendDirectly(socket, bytes, start, end)
    if (start + sent === end) return
    socket.write(Buffer.from(bytes.subarray(start + sent, end)), this.#onWritten)
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
    // On a unix socket there is no reset to send.
    if (this.#socket.remoteFamily === undefined) this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  /** Bytes from the host: the first `count` of the buffer. */
  received(bytes: Uint8Array, count: number): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#pump.begin().tcp.hostData(connection, bytes, 0, count)
    this.#pump.end()
  }

  #connected(): void {
    this.#isDialling = false
    if (this.#connection === undefined) return
    this.#pump.begin().tcp.hostConnected(this.#connection)
    this.#pump.end()
  }

  #written(): void {
    if (!this.#isStalled || this.#connection === undefined) return
    this.#isStalled = this.#socket.writableLength > 0
    this.#pump.begin().tcp.hostDrained(this.#connection)
    this.#pump.end()
  }

  #ended(): void {
    if (this.#connection === undefined) return
    this.#pump.begin().tcp.hostEnded(this.#connection)
    this.#pump.end()
  }

  #failed(error: Error): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    const { tcp } = this.#pump.begin()
    if (this.#isDialling) tcp.hostFailed(connection, failureOf(error))
    else tcp.hostReset(connection)
    this.#pump.end()
  }

  #closed(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (connection === undefined || (this.#socket.readableEnded && this.#socket.writableFinished)) return
    this.#pump.begin().tcp.hostReset(connection)
    this.#pump.end()
  }
}

/** Dials for a guest; the events come to the connection given. */
export function dialHost(
  pump: Pump,
  connection: TcpConnection,
  to: { host: string; port: number; lookup?: LookupFunction; autoSelectFamily?: boolean } | { path: string },
): HostSocket {
  const socket = connect({
    allowHalfOpen: true,
    noDelay: true,
    autoSelectFamily: false,
    ...to,
    onread: {
      buffer: pump.readBuffer,
      callback: (count, buffer) => {
        host.received(buffer, count)
        return true
      },
    },
  })
  const host: HostSocket = new HostSocket(pump, socket, true)
  host.connection = connection
  return host
}

/** A service of the host, which may listen on one of its loopback addresses only: `::1` is tried first. */
export function loopbacks(port: number): Parameters<typeof dialHost>[2] {
  const both = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]
  return {
    host: 'localhost',
    port,
    lookup: (_name, _options, done) => done(null, both),
    autoSelectFamily: true,
  }
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
    case 'EINVAL':
      return 'network-unreachable'
    case 'EACCES':
    case 'EPERM':
      return 'prohibited'
    default:
      return 'silent'
  }
}
