/**
 * Listening TCP socket that bypasses Node. If file descriptors run out, a spare one is closed temporarily to
 * accept and reset a connection, so that the client does not wait in the backlog.
 */
import type { EventLoop } from '../event-loop.ts'
import { lastErrno } from '../linux/libc.ts'
import type { Waiting } from '../linux/readiness.ts'
import {
  acceptSocket,
  bindSocket,
  closeFd,
  errno,
  listenSocket,
  newFlags,
  openSocket,
  setBothFamilies,
  setNoDelay,
  setReset,
  setReuseAddress,
  streamKind,
} from '../linux/sockets.ts'
import { systemError } from '../linux/system-error.ts'
import { family, type SocketAddress } from '../sockaddr.ts'

/** Node's default; the system limits it to net.core.somaxconn. */
const backlog = 511
/** Connections accepted before others get their turn; the event is reported again for the rest. */
const mostAtOnce = 64

export class DirectAcceptor implements Waiting, Disposable {
  readonly #loop: EventLoop
  readonly #accepted: (fd: number) => void
  #fd: number
  #spare: number

  /** Throws the system's error. @param accepted takes ownership of the file descriptor */
  constructor(loop: EventLoop, at: SocketAddress, accepted: (fd: number) => void) {
    this.#loop = loop
    this.#accepted = accepted
    this.#fd = openSocket(at.family, streamKind, 0)
    if (this.#fd < 0) throw systemError('socket', lastErrno())
    this.#spare = openSpare()
    setReuseAddress(this.#fd)
    if (at.family === family.inet6) setBothFamilies(this.#fd)
    // Accepted sockets inherit the option.
    setNoDelay(this.#fd)
    const isListening =
      bindSocket(this.#fd, at.bytes, at.length) === 0 && listenSocket(this.#fd, backlog) === 0
    if (isListening && loop.readiness!.add(this.#fd, this)) return
    const error = systemError('listen', lastErrno())
    this[Symbol.dispose]()
    throw error
  }

  ready(): void {
    for (let i = 0; i < mostAtOnce && this.#fd >= 0; i += 1) {
      const fd = acceptSocket(this.#fd, null, null, newFlags)
      if (fd >= 0) {
        this.#accepted(fd)
        continue
      }
      const error = lastErrno()
      if (error === errno.tooManyFiles || error === errno.tooManyInSystem) {
        if (!this.#refuse()) return
      }
      // If a connection was closed before accept(2), the next one may still be valid.
      else if (error === errno.again) return
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return
    this.#loop.readiness?.remove(this.#fd)
    closeFd(this.#fd)
    if (this.#spare >= 0) closeFd(this.#spare)
    this.#fd = -1
    this.#spare = -1
  }

  /** Returns false if no connection was pending, or if descriptors are still exhausted. */
  #refuse(): boolean {
    if (this.#spare >= 0) closeFd(this.#spare)
    const fd = acceptSocket(this.#fd, null, null, newFlags)
    if (fd >= 0) {
      this.#loop.stack.tcp.counters.overflows += 1
      setReset(fd)
      closeFd(fd)
    }
    this.#spare = openSpare()
    return fd >= 0
  }
}

/** -1: out of file descriptors. */
const openSpare = (): number => openSocket(family.inet, streamKind, 0)
