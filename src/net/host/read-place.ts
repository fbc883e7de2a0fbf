/**
 * Where the next bytes of a host socket are read to. As long as little comes it is one buffer for all sockets, whose
 * bytes are copied to the connection; once much comes at a time it is the connection's send buffer itself, so that a
 * busy flow is not copied and an idle one holds no memory.
 */
import type { TcpConnection } from '../tcp/connection.ts'
import type { Pump } from './pump.ts'

/** A read of so many bytes shows a busy flow, and one of fewer the end of it. */
const busyBytes = 32 * 1024

export class ReadPlace {
  readonly #pump: Pump
  #lentBy: TcpConnection | undefined
  #isBusy = false

  constructor(pump: Pump) {
    this.#pump = pump
  }

  /** @param connection whose bytes they will be; undefined: nobody's. */
  next(connection: TcpConnection | undefined): Uint8Array {
    const lent = this.#isBusy && connection !== undefined ? this.#pump.stack.tcp.lend(connection) : undefined
    if (lent === undefined) return this.#pump.readBuffer
    this.#lentBy = connection
    return lent
  }

  /** So many bytes came to the last place that `next` gave. */
  received(connection: TcpConnection | undefined, count: number): void {
    const { tcp } = this.#pump.begin()
    this.#isBusy = count >= busyBytes
    const lentBy = this.#lentBy
    this.#lentBy = undefined
    if (lentBy !== undefined) tcp.hostRead(lentBy, connection === undefined ? 0 : count)
    else if (connection !== undefined) tcp.hostData(connection, this.#pump.readBuffer, 0, count)
    this.#pump.end()
  }

  /** Nothing is read any more. */
  close(): void {
    this.#lentBy?.buffer.takeBack(0)
    this.#lentBy = undefined
  }
}
