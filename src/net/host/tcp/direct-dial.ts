/** Dials that bypass Node: tries addresses in turn, each on a new socket, until one accepts or none remains. */
import type { DialFailure, IcmpFailure } from '../../core/failure.ts'
import type { EventLoop } from '../event-loop.ts'
import type { IpOptions } from '../linux/icmp-errors.ts'
import { lastErrno } from '../linux/libc.ts'
import { ready } from '../linux/readiness.ts'
import { connectSocket, errno, openSocket, streamKind, takeError } from '../linux/sockets.ts'
import { systemError } from '../linux/system-error.ts'
import type { AnySocketAddress } from '../sockaddr.ts'
import { isLoopback } from '../sockaddr.ts'
import { failureOf } from './node-socket.ts'
import { hopsAsUsual, limitHops, takeRouterError } from './ttl-limited-connect.ts'

/** State of a dial, or the reason of its failure. */
export type DialProgress = 'pending' | 'connected' | DialFailure | IcmpFailure

export class DirectDial {
  readonly #names: readonly AnySocketAddress[]
  /** TTL or hop limit set by the guest; 0: the host's default. */
  readonly #hops: number
  #fewHops: IpOptions | undefined
  #tried = 0
  #isRefused = false
  /** Socket of the current attempt, closed by the caller. -1: none. */
  fd = -1

  constructor(names: readonly AnySocketAddress[], hops: number) {
    this.#names = names
    this.#hops = hops
  }

  get hasMore(): boolean {
    return this.#tried < this.#names.length
  }

  /** Dials the next address. */
  next(): DialProgress {
    const name = this.#names[this.#tried]!
    this.#tried += 1
    this.fd = openSocket(name.family, streamKind, 0)
    if (this.fd < 0) return this.#failed(lastErrno())
    if (this.#hops > 0) this.#fewHops = limitHops(this.fd, name.family, this.#hops)
    let error = connect(this.fd, name)
    // On loopback the connection is usually established already; a second call detects that without waiting for
    // the event.
    if (error === errno.inProgress && isLoopback(name)) error = connect(this.fd, name)
    if (error === errno.inProgress || error === errno.already) return 'pending'
    return error === 0 || error === errno.isConnected ? this.#connected() : this.#failed(error)
  }

  /** Processes events of the socket; call between `begin` and `end` of the event loop. */
  answered(loop: EventLoop, events: number): DialProgress {
    if ((events & (ready.write | ready.error | ready.hangUp)) === 0) return 'pending'
    const icmpError = this.#fewHops && takeRouterError(loop, this.fd)
    if (icmpError !== undefined) return icmpError
    const error = takeError(this.fd)
    return error === 0 ? this.#connected() : this.#failed(error)
  }

  /** A refusal says more than the failure of a family that the host lacks. */
  #failed(error: number): DialFailure {
    const failure = failureOf(systemError('connect', error))
    this.#isRefused ||= failure === 'refused'
    return this.#isRefused ? 'refused' : failure
  }

  #connected(): DialProgress {
    if (this.#fewHops !== undefined) hopsAsUsual(this.fd, this.#fewHops)
    return 'connected'
  }
}

function connect(fd: number, { bytes, length }: AnySocketAddress): number {
  return connectSocket(fd, bytes, length) < 0 ? lastErrno() : 0
}
