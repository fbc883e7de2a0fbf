/** Datagrams by the batch: one recvmmsg(2) takes what has come to a socket, into memory that is used for all. */
import koffi from 'koffi'
import { at, headerBytes, MessageMemory, mostMessages } from './message-memory.ts'
import { mostNameBytes, PeerName } from './peer-name.ts'

const recvmmsg = (process.platform === 'linux' ? koffi.load(null) : undefined)?.func(
  'int recvmmsg(int fd, void *messages, uint32_t count, int flags, void *timeout)',
)
const dontWait = 0x40
const mostBytes = 65_536
/** Not a power of two, or the beginnings of all datagrams would share a few lines of the cache. */
const strideBytes = mostBytes + 1088

export class Inbox {
  readonly #memory = new MessageMemory(mostMessages * strideBytes)
  readonly #names: readonly PeerName[]
  /** Where the datagrams are. */
  readonly bytes: Uint8Array = this.#memory.bytes

  constructor() {
    const memory = this.#memory
    this.#names = Array.from({ length: mostMessages }, (_, i) => {
      const nameAt = memory.nameAt(i)
      memory.setPart(i, this.start(i), mostBytes)
      memory.view.setUint32(i * headerBytes + at.nameBytes, mostNameBytes, true)
      return new PeerName(memory.bytes.subarray(nameAt, nameAt + mostNameBytes))
    })
  }

  /** Takes up to 64; gives how many, or -1 with the error in koffi.errno(). */
  receive(fd: number): number {
    const { view, pointers } = this.#memory
    const count: number = recvmmsg!(fd, pointers[0], mostMessages, dontWait, null)
    // The kernel wrote how long each name is; it must find the room again.
    for (let i = 0; i < count; i += 1) view.setUint32(i * headerBytes + at.nameBytes, mostNameBytes, true)
    return count
  }

  start(i: number): number {
    return this.#memory.dataAt + i * strideBytes
  }

  end(i: number): number {
    return this.start(i) + this.#memory.view.getUint32(i * headerBytes + at.length, true)
  }

  /** Valid until the next `receive`. */
  from(i: number): PeerName {
    return this.#names[i]!
  }
}
