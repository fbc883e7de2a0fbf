/**
 * Unacknowledged bytes from the host: a ring that grows in powers of two and is freed when empty, so that an idle
 * connection holds no memory. The host's bytes may be read directly into it: a region is lent for that, and
 * meanwhile the ring is neither moved nor freed.
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
  /** Offset of the first byte. */
  #head = 0
  /** Size of the ring freed last: a busy connection soon needs as much again. */
  #lastSize = smallestRingBytes
  /** Bytes held. */
  length = 0

  constructor(pool: RingPool) {
    this.#pool = pool
  }

  /** Whether the WebAssembly kernel can access the bytes. */
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
   * Lends a region for the next bytes, of at least `least` and at most `most` bytes in a ring of `size`;
   * undefined if there is no room. Do not append until it is returned.
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

  /** Continues a loan that stops at the ring's end: its start, so that both have at most `most` bytes. */
  lendMore(most: number): Uint8Array | undefined {
    if (this.#lent === undefined) return undefined
    const { bytes } = this.#lent
    const lent = bytes.length - ((this.#head + this.length) & (bytes.length - 1))
    const more = Math.min(most, bytes.length - this.length) - lent
    return more > 0 ? bytes.subarray(0, more) : undefined
  }

  /** Ends the loan; `count` bytes were read into it. */
  takeBack(count: number): void {
    const lent = this.#lent
    if (lent === undefined) return
    this.#lent = undefined
    if (lent === this.#ring) this.length += count
    // The connection had ended already.
    else this.#pool.give(lent)
    if (this.length === 0) this.release()
  }

  /** Removes bytes at the front. */
  drop(count: number): void {
    this.length -= count
    if (this.length === 0 && this.#lent === undefined) this.release()
    else this.#head = (this.#head + count) & (this.#ring!.bytes.length - 1)
  }

  /** Copies bytes from `offset` after the front to `target`. */
  copy(offset: number, count: number, target: Uint8Array, at: number): void {
    const ring = this.#ring!.bytes
    const start = (this.#head + offset) & (ring.length - 1)
    const first = Math.min(count, ring.length - start)
    target.set(ring.subarray(start, start + first), at)
    if (first < count) target.set(ring.subarray(0, count - first), at + first)
  }

  /** Address of a byte in the kernel's memory, if `isFast`. */
  addressOf(offset: number): number {
    const { address, bytes } = this.#ring!
    return address + ((this.#head + offset) & (bytes.length - 1))
  }

  /** Bytes from `offset` to the end of the ring. */
  untilWrap(offset: number): number {
    const { length } = this.#ring!.bytes
    return length - ((this.#head + offset) & (length - 1))
  }

  /** Checksum of a part, like `sumOf` in checksum.ts. */
  sum(offset: number, count: number): number {
    const ring = this.#ring!
    const start = (this.#head + offset) & (ring.bytes.length - 1)
    const first = Math.min(count, ring.bytes.length - start)
    const sum = ring.sum(start, first)
    if (first === count) return sum
    const rest = ring.sum(0, count - first)
    // After an odd number of bytes, high and low bytes are swapped (RFC 1071 section 2B).
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
