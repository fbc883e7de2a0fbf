/**
 * A listening TCP socket that bypasses Node. When descriptors run out, a spare one is given up for a moment to accept a
 * connection and close it: the client is refused instead of waiting in the backlog.
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

/** As Node has it; the system allows no more than net.core.somaxconn. */
const backlog = 511
/** At most this many before others get their turn; the rest is reported again. */
const mostAtOnce = 64

export class DirectAcceptor implements Waiting, Disposable {
  readonly #loop: EventLoop
  readonly #accepted: (fd: number) => void
  #fd: number
  #spare: number

  /** Throws the system's error. @param accepted takes over the descriptor. */
  constructor(loop: EventLoop, at: SocketAddress, accepted: (fd: number) => void) {
    this.#loop = loop
    this.#accepted = accepted
    this.#fd = openSocket(at.family, streamKind, 0)
    if (this.#fd < 0) throw systemError('socket', lastErrno())
    this.#spare = openSpare()
    setReuseAddress(this.#fd)
    if (at.family === family.inet6) setBothFamilies(this.#fd)
    // Those that are accepted have it too.
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
      // A connection that is gone again says nothing about the next one.
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

  /** False: there was nobody, or still no descriptor. */
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

/** -1: out of descriptors. */
const openSpare = (): number => openSocket(family.inet, streamKind, 0)
