/**
 * Where the next bytes of a host socket are read to. As long as little comes it is one buffer for all sockets, whose
 * bytes are copied to the connection; once much comes at a time it is the connection's send buffer itself, so that a
 * busy flow is not copied and an idle one holds no memory.
 */
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop, LentPlace } from '../event-loop.ts'

/** A read of this size starts a busy phase of the flow, a shorter one ends it. */
const busyBytes = 32 * 1024

export class ReadPlace implements LentPlace {
  readonly #loop: EventLoop
  #lentBy: TcpConnection | undefined
  #isBusy = false
  /** Nothing has come since `reclaimIfIdle` last looked. */
  #isIdle = false

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  /** @param connection whose bytes they will be; undefined: nobody's. */
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
   * Takes the place back from a flow that went quiet while it had one, for others to have it. `retarget` makes the
   * socket read to a place that is always there; false: it cannot.
   */
  reclaimIfIdle(): void {
    if (this.#isIdle && this.retarget(this.#loop.readBuffer)) {
      this.#isBusy = false
      this.close()
    }
    this.#isIdle = true
  }

  /** Set by the owner of the socket. */
  retarget: (place: Uint8Array) => boolean = () => false

  /** Nothing is read to the place any more. */
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
