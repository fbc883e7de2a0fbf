/**
 * Bytes from the host that the guest has not acknowledged yet: a ring that grows in powers of two and is given
 * back when it is empty, so that an idle connection holds no memory. The host's bytes may be read straight into it:
 * the place for that is lent, and while it is, the ring neither moves nor is given back.
 */
import { foldInt } from '../wire/checksum.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { RingPool } from './ring-pool.ts'

const smallestRingBytes = 16 * 1024

export class SendBuffer {
  readonly #pool: RingPool
  #ring: PacketBuffer | undefined
  /** The ring with the lent region. */
  #lent: PacketBuffer | undefined
  /** Place of the first byte. */
  #head = 0
  /** How large the ring was that was given back last: a busy connection needs as much again at once. */
  #lastSize = smallestRingBytes
  /** Bytes held. */
  length = 0

  constructor(pool: RingPool) {
    this.#pool = pool
  }

  /** Whether the kernel reaches what is held. */
  get isFast(): boolean {
    return this.#ring?.kernel !== undefined
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start
    const ring = this.#withRoom(count).bytes
    const mask = ring.length - 1
    const tail = (this.#head + this.length) & mask
    const first = Math.min(count, ring.length - tail)
    ring.set(bytes.subarray(start, start + first), tail)
    if (first < count) ring.set(bytes.subarray(start + first, end), 0)
    this.length += count
  }

  /**
   * A place to read the next bytes to, of at least `least` and at most `most` in a ring of `size`; undefined when
   * there is none. Nothing may be appended until it is given back.
   */
  lend(size: number, least: number, most: number): Uint8Array | undefined {
    if (this.length + least > size) return undefined
    const ring = this.#withRoom(size - this.length)
    if (ring.kernel === undefined) return undefined
    const bytes = ring.bytes
    const tail = (this.#head + this.length) & (bytes.length - 1)
    const room = Math.min(most, bytes.length - this.length, bytes.length - tail)
    if (room < Math.min(least, bytes.length - tail)) return undefined
    this.#lent = ring
    return bytes.subarray(tail, tail + room)
  }

  /** Ends the loan; this many bytes were read into it. */
  takeBack(count: number): void {
    const lent = this.#lent
    if (lent === undefined) return
    this.#lent = undefined
    if (lent === this.#ring) this.length += count
    // The connection was over before.
    else this.#pool.give(lent)
    if (this.length === 0) this.release()
  }

  /** Forgets bytes at the front. */
  drop(count: number): void {
    this.length -= count
    if (this.length === 0 && this.#lent === undefined) this.release()
    else this.#head = (this.#head + count) & (this.#ring!.bytes.length - 1)
  }

  /** Copies bytes from `offset` behind the front to a place in `target`. */
  copy(offset: number, count: number, target: Uint8Array, at: number): void {
    const ring = this.#ring!.bytes
    const start = (this.#head + offset) & (ring.length - 1)
    const first = Math.min(count, ring.length - start)
    target.set(ring.subarray(start, start + first), at)
    if (first < count) target.set(ring.subarray(0, count - first), at + first)
  }

  /** Where in the kernel's memory a byte is, if `isFast`. */
  addressOf(offset: number): number {
    const { address, bytes } = this.#ring!
    return address + ((this.#head + offset) & (bytes.length - 1))
  }

  /** Bytes from `offset` up to where the ring ends and continues at its beginning. */
  untilWrap(offset: number): number {
    const { length } = this.#ring!.bytes
    return length - ((this.#head + offset) & (length - 1))
  }

  /** The sum of a part, as `sumOf` in checksum.ts. */
  sum(offset: number, count: number): number {
    const ring = this.#ring!
    const start = (this.#head + offset) & (ring.bytes.length - 1)
    const first = Math.min(count, ring.bytes.length - start)
    const sum = ring.sum(start, first)
    if (first === count) return sum
    const rest = ring.sum(0, count - first)
    // Behind an odd number of bytes, high and low change places (RFC 1071 section 2B).
    return foldInt(sum + ((first & 1) === 0 ? rest : ((rest & 0xff) << 8) | (rest >> 8)))
  }

  release(): void {
    const ring = this.#ring
    if (ring !== undefined) {
      this.#lastSize = ring.bytes.length
      if (ring !== this.#lent) this.#pool.give(ring)
    }
    this.#ring = undefined
    this.#head = 0
    this.length = 0
  }

  #withRoom(count: number): PacketBuffer {
    const needed = this.length + count
    const old = this.#ring
    if (old !== undefined && needed <= old.bytes.length) return old
    let size = old?.bytes.length ?? this.#lastSize
    while (size < needed) size *= 2
    const ring = this.#pool.take(size)
    if (old !== undefined) {
      const held = this.length
      this.copy(0, held, ring.bytes, 0)
      this.#pool.give(old)
    }
    this.#ring = ring
    this.#head = 0
    return ring
  }
}
