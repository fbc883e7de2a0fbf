/**
 * Writes frames into the guest's mergeable buffers (virtio 1.2 section 5.1.6.4). Without enough buffers, a frame is
 * copied and waits for a kick.
 */
import { packetMemory } from '../../../src/net/storage/packet-memory.ts'
import { buffersAt, netHeaderBytes } from './offload.ts'
import { Chain, type SplitRing } from './ring.ts'

/** A frame of 64 KiB needs 43 buffers of the smallest size that Linux posts. */
const mostBuffers = 64
const mostBufferBytes = 2 ** 20

/** The queue, or a test's. */
export interface RingOwner {
  readonly ring: SplitRing | undefined
  call(): void
}

export class ReceiveQueue {
  /** Of the frame that `begin` announces. */
  readonly header: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(netHeaderBytes))
  readonly #headerBytes = new Uint8Array(this.header.buffer)
  readonly #queue: RingOwner
  readonly #chains = Array.from({ length: mostBuffers }, () => new Chain())
  /** Header and frame of each frame that waits. */
  readonly #waiting: Uint8Array[] = []
  #queuedBytes = 0
  #ring: SplitRing | undefined
  #taken = 0
  /** Position in the taken chains: chain, descriptor, bytes used of it. */
  #chainAt = 0
  #partAt = 0
  #usedBytes = 0
  #copy: Uint8Array | undefined
  #copied = 0
  #wantsCall = false

  constructor(queue: RingOwner) {
    this.#queue = queue
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  begin(frameBytes: number): void {
    const total = netHeaderBytes + frameBytes
    if (this.#waiting.length > 0 || !this.#reserve(total)) {
      this.#copy = new Uint8Array(total)
      this.#copy.set(this.#headerBytes)
      this.#copied = netHeaderBytes
      return
    }
    this.#copy = undefined
    this.header.setUint16(buffersAt, this.#taken, true)
    this.#write(this.#headerBytes)
  }

  /** Appends bytes of packet memory to the frame. */
  add(address: number, length: number): void {
    const from = packetMemory.bytes.subarray(address, address + length)
    if (this.#copy === undefined) {
      this.#write(from)
      return
    }
    this.#copy.set(from, this.#copied)
    this.#copied += length
  }

  end(): void {
    if (this.#copy === undefined) {
      this.#complete()
      return
    }
    this.#waiting.push(this.#copy)
    this.#queuedBytes += this.#copy.length
  }

  publish(): void {
    this.#publish()
    this.flush()
  }

  /** Writes the frames that wait. Returns whether there were some, and none is left. */
  flush(): boolean {
    const ring = this.#queue.ring
    if (this.#waiting.length === 0 || ring === undefined) return false
    // Before the look at the ring: buffers that are added after it come with a kick.
    ring.kicks = true
    let done = 0
    for (const frame of this.#waiting) {
      if (!this.#reserve(frame.length)) break
      new DataView(frame.buffer).setUint16(buffersAt, this.#taken, true)
      this.#write(frame)
      this.#complete()
      this.#queuedBytes -= frame.length
      done += 1
    }
    this.#waiting.splice(0, done)
    this.#publish()
    if (this.#waiting.length > 0) return false
    ring.kicks = false
    return true
  }

  #publish(): void {
    if (this.#wantsCall && this.#ring?.publish() === true) this.#queue.call()
    this.#wantsCall = false
  }

  /** Takes buffers for this many bytes, or none. */
  #reserve(bytes: number): boolean {
    const { ring } = this.#queue
    this.#taken = 0
    this.#chainAt = 0
    this.#partAt = 0
    this.#usedBytes = 0
    if (ring === undefined) return false
    this.#ring = ring
    for (let room = 0; room < bytes; this.#taken += 1) {
      const chain = this.#taken === mostBuffers ? undefined : this.#chains[this.#taken]!
      if (chain === undefined || ring.take(chain, true, mostBufferBytes) !== 'taken') {
        ring.untake(this.#taken)
        return false
      }
      room += chain.bytes
    }
    return true
  }

  #write(from: Uint8Array): void {
    for (let at = 0; at < from.length; ) {
      const chain = this.#chains[this.#chainAt]!
      const room = chain.lengths[this.#partAt]! - this.#usedBytes
      const bytes = Math.min(room, from.length - at)
      const to = chain.regions[this.#partAt]!.bytes
      to.set(
        bytes === from.length ? from : from.subarray(at, at + bytes),
        chain.at[this.#partAt]! + this.#usedBytes,
      )
      at += bytes
      this.#usedBytes += bytes
      if (bytes < room) return
      this.#usedBytes = 0
      this.#partAt += 1
      if (this.#partAt < chain.count) continue
      this.#partAt = 0
      this.#chainAt += 1
    }
  }

  #complete(): void {
    const ring = this.#ring!
    for (let i = 0; i < this.#taken; i += 1) ring.complete(this.#chains[i]!.head, this.#writtenTo(i))
    this.#wantsCall = true
  }

  /** All buffers but the last are full. */
  #writtenTo(index: number): number {
    const chain = this.#chains[index]!
    if (index < this.#chainAt) return chain.bytes
    let bytes = this.#usedBytes
    for (let part = 0; part < this.#partAt; part += 1) bytes += chain.lengths[part]!
    return bytes
  }
}
