/**
 * Buffer for the next read of a host socket. An idle flow shares one buffer with all sockets, from which data is
 * copied; a busy flow reads directly into its send buffer. So busy flows are not copied, and idle ones hold no
 * memory.
 */
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop, LentPlace } from '../event-loop.ts'

/** A read of this size makes the flow busy; a shorter one ends that. */
const busyBytes = 32 * 1024

export class ReadPlace implements LentPlace {
  readonly #loop: EventLoop
  #lentBy: TcpConnection | undefined
  #isBusy = false
  /** No data since the last `reclaimIfIdle`. */
  #isIdle = false

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  /** @param connection connection that receives the data; undefined if there is none */
  next(connection: TcpConnection | undefined): Uint8Array {
    const lent = this.#isBusy && connection !== undefined ? this.#loop.stack.tcp.lend(connection) : undefined
    if (lent === undefined) return this.#loop.readBuffer
    this.#lentBy = connection
    this.#loop.lentPlaces.add(this)
    return lent
  }

  /** The number of bytes read into the last region from `next`. */
  received(connection: TcpConnection | undefined, count: number): void {
    const { tcp } = this.#loop.begin()
    this.#isBusy = count >= busyBytes
    this.#isIdle = false
    const lentBy = this.#takeBack()
    if (lentBy !== undefined) tcp.hostRead(lentBy, connection === undefined ? 0 : count)
    else if (connection !== undefined) tcp.hostData(connection, this.#loop.readBuffer, 0, count)
    this.#loop.end()
  }

  /**
   * Reclaims the lent region of a flow that became idle. `retarget` makes the socket read into the shared buffer;
   * it returns false if unsupported.
   */
  reclaimIfIdle(): void {
    if (this.#isIdle && this.retarget(this.#loop.readBuffer)) {
      this.#isBusy = false
      this.close()
    }
    this.#isIdle = true
  }

  /** Set by the socket's owner. */
  retarget: (place: Uint8Array) => boolean = () => false

  /** Ends the loan: no further reads use the region. */
  close(): void {
    this.#takeBack()?.buffer.takeBack(0)
  }

  #takeBack(): TcpConnection | undefined {
    const lentBy = this.#lentBy
    this.#lentBy = undefined
    if (lentBy !== undefined) this.#loop.lentPlaces.delete(this)
    return lentBy
  }
}
