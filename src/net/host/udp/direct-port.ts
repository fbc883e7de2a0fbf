/** UDP socket that bypasses Node: batched system calls, and no allocation per datagram. Linux only. */
import type { EventLoop } from '../event-loop.ts'
import { lastErrno } from '../linux/libc.ts'
import { mostMessages } from '../linux/msghdr.ts'
import { receiveOwnAddresses } from '../linux/own-address.ts'
import type { Waiting } from '../linux/readiness.ts'
import type { Sender } from '../linux/sendmmsg.ts'
import {
  bindSocket,
  closeFd,
  connectSocket,
  datagramKind,
  openSocket,
  setBothFamilies,
  setOption,
} from '../linux/sockets.ts'
import { systemError } from '../linux/system-error.ts'
import { family, type SocketAddress } from '../sockaddr.ts'
import type { PortEvents, PortOptions, UdpPort } from './port.ts'

const socketLevel = 1
const receiveBuffer = 8
const sendBuffer = 7
/** Limited by net.core.rmem_max: holds a burst while other flows have their turn. */
const bufferBytes = new Int32Array([2 * 1024 * 1024])
/** Batches per event before other sockets get their turn. */
const mostBatches = 4

export class DirectPort implements UdpPort, Sender, Waiting {
  readonly fd: number
  readonly bound: Promise<void> = Promise.resolve()
  canCut = true
  readonly #loop: EventLoop
  readonly #events: PortEvents
  #isOpen = true

  private constructor(loop: EventLoop, fd: number, events: PortEvents) {
    this.fd = fd
    this.#loop = loop
    this.#events = events
  }

  /** Throws the system's error. */
  static open(
    loop: EventLoop,
    at: SocketAddress,
    events: PortEvents,
    { peer, receivesOwn = false }: PortOptions,
  ): DirectPort {
    const fd = openSocket(at.family, datagramKind, 0)
    if (fd < 0) throw systemError('socket', lastErrno())
    for (const option of [receiveBuffer, sendBuffer]) {
      setOption(fd, socketLevel, option, bufferBytes, bufferBytes.byteLength)
    }
    if (at.family === family.inet6) setBothFamilies(fd)
    if (receivesOwn) receiveOwnAddresses(fd, at.family)
    const port = new DirectPort(loop, fd, events)
    const isOpen =
      bindSocket(fd, at.bytes, at.length) === 0 &&
      (peer === undefined || connectSocket(fd, peer.bytes, peer.length) === 0) &&
      loop.readiness?.add(fd, port) === true
    if (isOpen) return port
    const error = systemError(peer === undefined ? 'bind' : 'connect', lastErrno())
    closeFd(fd)
    throw error
  }

  send(bytes: Uint8Array, start: number, end: number, to: SocketAddress, own?: SocketAddress): void {
    this.#loop.outbox.send(this, bytes, start, end, to, own)
  }

  flush(): void {
    this.#loop.outbox.flushOf(this)
  }

  sendFailed(errno: number, to: SocketAddress): void {
    this.#events.failed(errno, to)
  }

  ready(): void {
    const { inbox } = this.#loop
    this.#loop.begin()
    for (let batch = 0; batch < mostBatches && this.#isOpen; batch += 1) {
      const count = inbox.receive(this.fd)
      // Readable without data: its error queue is not empty.
      if (count < 0 && batch === 0) this.#events.failed(lastErrno(), undefined)
      for (let i = 0; i < count && this.#isOpen; i += 1) {
        this.#events.received(inbox.bytes, inbox.start(i), inbox.end(i), inbox.from(i), inbox.own(i))
      }
      if (count < mostMessages) break
    }
    this.#loop.end()
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return
    this.flush()
    this.#isOpen = false
    this.#loop.readiness?.remove(this.fd)
    closeFd(this.fd)
  }
}
