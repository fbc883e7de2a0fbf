/**
 * Writes to a stream socket, bypassing Node. Data that the kernel does not accept immediately is copied and
 * queued.
 */
import { packetMemory } from '../../storage/packet-memory.ts'
import { addressOf, lastErrno } from '../linux/libc.ts'
import { errno, ioFlags, sendBytes, setNoDelay } from '../linux/sockets.ts'
import type { Gather } from '../linux/writev.ts'
import { takeRest } from './node-socket.ts'

export class DirectWriter {
  readonly #gather: Gather | undefined
  readonly #rests: Uint8Array[] = []
  /** Bytes of the first entry that were sent. */
  #restAt = 0
  #isDelaySet: boolean
  fd = -1
  /** Queued bytes. */
  queuedBytes = 0
  /** The socket has failed. */
  isBroken = false

  /**
   * @param isDelaySet TCP_NODELAY is set; otherwise it is set before the first write, which not every flow has
   */
  constructor(gather: Gather | undefined, isDelaySet: boolean) {
    this.#gather = gather
    this.#isDelaySet = isDelaySet
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.fd < 0 || this.isBroken) return
    const from = this.queuedBytes > 0 ? start : start + this.#send(placeOf(bytes) + start, end - start)
    if (from < end && !this.isBroken) this.#queue(end - from).set(bytes.subarray(from, end))
  }

  writePieces(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    if (this.fd < 0 || this.isBroken) return
    const gather = this.#gather
    if (gather === undefined || !packetMemory.has(bytes) || this.queuedBytes > 0) {
      for (let i = 0; i < pieces; i += 1) this.write(bytes, edges[2 * i]!, edges[2 * i + 1]!)
      return
    }
    gather.take(bytes, edges, pieces)
    this.#withoutDelay()
    const sent = gather.send(this.fd)
    if (sent === gather.total) return
    gather.copyRest(sent, this.#queue(gather.total - sent))
    // The reason may be an error instead of a full buffer.
    if (sent === 0) this.flush()
  }

  /** Sends queued data as far as the kernel accepts it. Returns true if any was sent. */
  flush(): boolean {
    const before = this.queuedBytes
    while (this.queuedBytes > 0) {
      const rest = this.#rests[0]!
      const left = rest.length - this.#restAt
      const sent = this.#send(placeOf(rest) + this.#restAt, left)
      this.queuedBytes -= sent
      this.#restAt += sent
      if (sent < left) break
      this.#restAt = 0
      packetMemory.give(this.#rests.shift()!)
    }
    return this.queuedBytes < before
  }

  /** Drops the queued data and the descriptor. */
  clear(): void {
    for (const rest of this.#rests) packetMemory.give(rest)
    this.#rests.length = 0
    this.#restAt = 0
    this.queuedBytes = 0
    this.fd = -1
  }

  /** Returns the number of bytes that the kernel accepted. */
  #send(at: number, count: number): number {
    this.#withoutDelay()
    const sent = sendBytes(this.fd, at, count, ioFlags)
    if (sent >= 0) return sent
    const error = lastErrno()
    this.isBroken = error !== errno.again && error !== errno.interrupted
    return 0
  }

  #queue(bytes: number): Uint8Array {
    const rest = takeRest(bytes)
    this.#rests.push(rest)
    this.queuedBytes += bytes
    return rest
  }

  #withoutDelay(): void {
    if (this.#isDelaySet) return
    this.#isDelaySet = true
    setNoDelay(this.fd)
  }
}

let packetsAt = 0

/** Memory address of bytes. That of packet memory is cached, which saves a call. */
export function placeOf(bytes: Uint8Array): number {
  if (!packetMemory.has(bytes)) return addressOf(bytes)
  if (packetsAt === 0) packetsAt = addressOf(packetMemory.bytes)
  return packetsAt + bytes.byteOffset
}
