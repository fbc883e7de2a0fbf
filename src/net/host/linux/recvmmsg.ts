/**
 * Batched receives: one recvmmsg(2) reads the pending datagrams of a socket into memory shared by all sockets.
 */
import { mostNameBytes, SocketAddress } from '../sockaddr.ts'
import { libcFunction } from './libc.ts'
import { at, headerBytes, MessageMemory, mostMessages } from './msghdr.ts'
import { readOwnAddress } from './own-address.ts'

const recvmmsg = libcFunction(
  'int recvmmsg(int fd, void *messages, uint32_t count, int flags, void *timeout)',
)
const dontWait = 0x40
const mostBytes = 65_536
/** Not a power of two, so that the starts of datagrams do not share a few cache lines. */
const strideBytes = mostBytes + 1088

export class Inbox {
  readonly #memory = new MessageMemory(mostMessages * strideBytes)
  readonly #names: readonly SocketAddress[]
  readonly #own = new SocketAddress()
  /** Number of messages of the last `receive`. */
  #used = 0
  /** Memory that contains the datagrams. */
  readonly bytes: Uint8Array = this.#memory.bytes

  constructor() {
    const memory = this.#memory
    this.#names = Array.from({ length: mostMessages }, (_, i) => {
      const nameAt = memory.nameAt(i)
      memory.setPart(i, this.start(i), mostBytes)
      this.#offerRoom(i)
      return new SocketAddress(memory.bytes.subarray(nameAt, nameAt + mostNameBytes))
    })
  }

  /** Receives up to 64 datagrams; returns their number, or -1 with the error in `lastErrno`. */
  receive(fd: number): number {
    // The kernel overwrote the name lengths with the actual ones; reset them.
    for (let i = 0; i < this.#used; i += 1) this.#offerRoom(i)
    const count: number = recvmmsg!(fd, this.#memory.pointers[0], mostMessages, dontWait, null)
    this.#used = count
    return count
  }

  start(i: number): number {
    return this.#memory.dataAt + i * strideBytes
  }

  end(i: number): number {
    return this.start(i) + this.#memory.view.getUint32(i * headerBytes + at.length, true)
  }

  /** Valid until the next `receive`. */
  from(i: number): SocketAddress {
    return this.#names[i]!
  }

  /** Local address that the datagram was sent to, if the socket receives it. Valid until the next call. */
  own(i: number): SocketAddress | undefined {
    const { view } = this.#memory
    const bytes = view.getUint32(i * headerBytes + at.controlBytes, true)
    if (bytes === 0) return undefined
    return readOwnAddress(view, this.#memory.controlAt(i), bytes, this.#own) ? this.#own : undefined
  }

  #offerRoom(i: number): void {
    const { view, controlBytes } = this.#memory
    view.setUint32(i * headerBytes + at.nameBytes, mostNameBytes, true)
    view.setUint32(i * headerBytes + at.controlBytes, controlBytes, true)
  }
}
