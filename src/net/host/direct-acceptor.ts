/**
 * A listening TCP socket that bypasses Node. When descriptors run out, a spare one is given up for a moment to accept
 * a connection and close it: the client is refused, and does not wait in the backlog for ever.
 */
import koffi from 'koffi'
import { family, type PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'
import type { Waiting } from './readiness.ts'
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
} from './socket-calls.ts'
import { systemError } from './system-error.ts'

/** As Node has it; the system allows no more than net.core.somaxconn. */
const backlog = 511
/** So many before others have their turn; the rest is told again. */
const mostAtOnce = 64

export class DirectAcceptor implements Waiting, Disposable {
  readonly #pump: Pump
  readonly #accepted: (fd: number) => void
  #fd: number
  #spare: number

  /** Throws the system's error. @param accepted has the descriptor from then on. */
  constructor(pump: Pump, at: PeerName, accepted: (fd: number) => void) {
    this.#pump = pump
    this.#accepted = accepted
    this.#fd = openSocket(at.family, streamKind, 0)
    if (this.#fd < 0) throw systemError('socket', koffi.errno())
    this.#spare = openSpare()
    setReuseAddress(this.#fd)
    if (at.family === family.inet6) setBothFamilies(this.#fd)
    // Those that are accepted have it too.
    setNoDelay(this.#fd)
    const isListening =
      bindSocket(this.#fd, at.bytes, at.length) === 0 && listenSocket(this.#fd, backlog) === 0
    if (isListening && pump.readiness!.add(this.#fd, this)) return
    const error = systemError('listen', koffi.errno())
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
      const error = koffi.errno()
      if (error === errno.tooManyFiles || error === errno.tooManyInSystem) {
        if (!this.#refuse()) return
      }
      // A connection that is gone again says nothing about the next one.
      else if (error === errno.again) return
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return
    this.#pump.readiness?.remove(this.#fd)
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
      this.#pump.stack.tcp.counters.overflows += 1
      setReset(fd)
      closeFd(fd)
    }
    this.#spare = openSpare()
    return fd >= 0
  }
}

/** -1: there is none left. */
const openSpare = (): number => openSocket(family.inet, streamKind, 0)
