/**
 * Reads a stream socket, bypassing Node. The kernel reports readiness once (EPOLLET), which is recorded until the
 * flow wants data. A busy flow is read directly into its send buffer.
 */
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { lastErrno } from '../linux/libc.ts'
import { errno, ioFlags, receiveBytes } from '../linux/sockets.ts'
import { placeOf } from './direct-writer.ts'

/** A read of this size indicates a busy flow: its next bytes are read into its send buffer. */
const busyBytes = 32 * 1024

/** Results of a read without data. */
export const noBytes = { now: 0, ended: -1, broken: -2 } as const

export class DirectReader {
  readonly #loop: EventLoop
  #isBusy = false
  /** The flow accepts data. */
  isWanted = false
  /** Data may be available. */
  isReadable = false
  /** The peer has ended or reset the connection: data may remain after a short read. */
  isEndNear = false
  /** The peer has ended, and all its data was read. */
  isOver = false

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  get canRead(): boolean {
    return this.isReadable && this.isWanted && !this.isOver
  }

  /** Reads once. Returns the number of bytes, or one of `noBytes`. */
  readOnce(fd: number, connection: TcpConnection | undefined): number {
    const loop = this.#loop
    const { tcp } = loop.stack
    const lent = this.#isBusy && connection !== undefined ? tcp.lend(connection) : undefined
    const more = lent === undefined || loop.gather === undefined ? undefined : tcp.lendMore(connection!)
    const room = (lent ?? loop.readBuffer).length + (more?.length ?? 0)
    const at = lent === undefined ? loop.readBufferAt : placeOf(lent)
    const count =
      more === undefined ? receiveBytes(fd, at, room, ioFlags) : loop.gather!.receive(fd, lent!, more)
    if (count <= 0) {
      const error = lastErrno()
      if (lent !== undefined) connection!.buffer.takeBack(0)
      return count === 0 ? this.#ended() : this.#failed(error)
    }
    this.#isBusy = count >= busyBytes || (lent !== undefined && count === room)
    // A short read of a stream empties it (epoll(7)); later data is reported again.
    if (count < room && !this.isEndNear) this.isReadable = false
    if (lent !== undefined) tcp.hostRead(connection!, count)
    else if (connection !== undefined) tcp.hostData(connection, loop.readBuffer, 0, count)
    // Forward large reads now, while the data is in the CPU cache.
    if (this.#isBusy) loop.stack.burstEnded()
    return count
  }

  /** Call when the descriptor is closed. */
  clear(): void {
    this.isWanted = false
    this.isReadable = false
  }

  #ended(): number {
    this.isOver = true
    this.isReadable = false
    return noBytes.ended
  }

  #failed(error: number): number {
    if (error === errno.again) this.isReadable = false
    return error === errno.again || error === errno.interrupted ? noBytes.now : noBytes.broken
  }
}
