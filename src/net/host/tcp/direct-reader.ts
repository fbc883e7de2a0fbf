/**
 * Reads a stream socket and bypasses Node. The kernel reports readiness once (EPOLLET), which is kept until the flow
 * wants data; a busy flow is read straight into its send buffer.
 */
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { lastErrno } from '../linux/libc.ts'
import { errno, ioFlags, receiveBytes } from '../linux/sockets.ts'
import { placeOf } from './direct-writer.ts'

/** A read of this size indicates a busy flow: its next bytes are read into its send buffer. */
const busyBytes = 32 * 1024

/** What a read found that is not bytes. */
export const noBytes = { now: 0, ended: -1, broken: -2 } as const

export class DirectReader {
  readonly #loop: EventLoop
  #isBusy = false
  /** The flow takes bytes. */
  isWanted = false
  /** There may be something to read. */
  isReadable = false
  /** The peer is known to have ended or reset it: a short read is not the last one. */
  isEndNear = false
  /** The peer has ended, and all it sent was read. */
  isOver = false

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  get canRead(): boolean {
    return this.isReadable && this.isWanted && !this.isOver
  }

  /** Reads once, for the connection. Gives how many bytes, or one of `noBytes`. */
  readOnce(fd: number, connection: TcpConnection | undefined): number {
    const loop = this.#loop
    const { tcp } = loop.stack
    const lent = this.#isBusy && connection !== undefined ? tcp.lend(connection) : undefined
    const room = (lent ?? loop.readBuffer).length
    const at = lent === undefined ? loop.readBufferAt : placeOf(lent)
    const count = receiveBytes(fd, at, room, ioFlags)
    if (count <= 0) {
      const error = lastErrno()
      if (lent !== undefined) connection!.buffer.takeBack(0)
      return count === 0 ? this.#ended() : this.#failed(error)
    }
    this.#isBusy = count >= busyBytes || (lent !== undefined && count === room)
    // A short read of a stream empties it (epoll(7)), and what comes later is reported again.
    if (count < room && !this.isEndNear) this.isReadable = false
    if (lent !== undefined) tcp.hostRead(connection!, count)
    else if (connection !== undefined) tcp.hostData(connection, loop.readBuffer, 0, count)
    // Much continues to the guest while it is in the processor's cache.
    if (this.#isBusy) loop.stack.burstEnded()
    return count
  }

  /** The descriptor is gone. */
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
