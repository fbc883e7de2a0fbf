/**
 * Split virtqueue, device side (virtio 1.2 section 2.7), on memory that the guest changes at any time. Each field is
 * loaded once, by Atomics: neither the guest nor the compiler can make a check and a use see different values. A ring
 * that breaks a rule is `broken` and is never read again.
 */
import type { GuestMemory, Region } from './memory.ts'

/** Addresses are those of QEMU's process. */
export interface RingSetup {
  size: number
  descriptors: number
  available: number
  used: number
  /** Index of the first available entry. */
  base: number
}

export const maxRingSize = 1024

const flag = { next: 1, write: 2, indirect: 4 } as const
/** VIRTQ_AVAIL_F_NO_INTERRUPT and VIRTQ_USED_F_NO_NOTIFY. */
const noCalls = 1
const noKicks = 1
const descriptorWords = 4

/** A descriptor chain, copied; reused for each chain. */
export class Chain {
  head = 0
  count = 0
  /** Of all descriptors together. */
  bytes = 0
  readonly regions: Region[] = []
  /** Offset in the region. */
  readonly at: Float64Array<ArrayBuffer> = new Float64Array(maxRingSize)
  readonly lengths: Uint32Array<ArrayBuffer> = new Uint32Array(maxRingSize)
}

export type Taken = 'taken' | 'empty' | 'broken'

export class SplitRing {
  readonly size: number
  readonly #memory: GuestMemory
  readonly #descriptors: Int32Array
  /** Flags, index, entries. */
  readonly #available: Uint16Array
  /** Flags and index. */
  readonly #used: Uint16Array
  /** Entries: id and length. */
  readonly #usedEntries: Int32Array
  #next: number
  #usedIndex: number
  #isBroken = false

  private constructor(memory: GuestMemory, { size, base }: RingSetup, parts: RingParts) {
    this.size = size
    this.#memory = memory
    this.#descriptors = parts.descriptors
    this.#available = parts.available
    this.#used = parts.used
    this.#usedEntries = parts.usedEntries
    this.#next = base & 0xffff
    this.#usedIndex = Atomics.load(this.#used, 1)
  }

  /** Undefined if the size is invalid or a part is unaligned or outside of the guest's memory. */
  static open(memory: GuestMemory, setup: RingSetup): SplitRing | undefined {
    const parts = partsOf(memory, setup)
    return parts && new SplitRing(memory, setup, parts)
  }

  /** Index of the next available entry, for a front-end that stops the ring. */
  get next(): number {
    return this.#next
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  /**
   * Copies the next available chain.
   * @param isWritable the device writes to it (receive queue) or reads from it (transmit queue); none is mixed
   * @param mostBytes a longer chain is broken
   */
  take(chain: Chain, isWritable: boolean, mostBytes: number): Taken {
    if (this.#isBroken) return 'broken'
    const waiting = (Atomics.load(this.#available, 1) - this.#next) & 0xffff
    if (waiting === 0) return 'empty'
    const head = Atomics.load(this.#available, 2 + (this.#next & (this.size - 1)))
    this.#isBroken = waiting > this.size || !this.#follow(chain, head, isWritable, mostBytes)
    if (this.#isBroken) return 'broken'
    this.#next = (this.#next + 1) & 0xffff
    return 'taken'
  }

  get hasMore(): boolean {
    return Atomics.load(this.#available, 1) !== this.#next
  }

  /** Returns the last `count` taken chains, which were not completed. */
  untake(count: number): void {
    this.#next = (this.#next - count) & 0xffff
  }

  /** Gives a chain back; visible to the guest after `publish`. */
  complete(head: number, writtenBytes: number): void {
    const at = 2 * (this.#usedIndex & (this.size - 1))
    Atomics.store(this.#usedEntries, at, head)
    Atomics.store(this.#usedEntries, at + 1, writtenBytes)
    this.#usedIndex = (this.#usedIndex + 1) & 0xffff
  }

  /** Publishes completed chains. Returns whether the guest wants to be called. */
  publish(): boolean {
    Atomics.store(this.#used, 1, this.#usedIndex)
    return (Atomics.load(this.#available, 0) & noCalls) === 0
  }

  /** Whether the guest should kick for new chains. After enabling, look for chains once more. */
  set kicks(wanted: boolean) {
    Atomics.store(this.#used, 0, wanted ? 0 : noKicks)
  }

  #follow(chain: Chain, head: number, isWritable: boolean, mostBytes: number): boolean {
    chain.head = head
    chain.count = 0
    chain.bytes = 0
    // A chain visits each descriptor once, so that a loop ends here.
    for (let index = head; chain.count < this.size; ) {
      if (index >= this.size) return false
      const at = descriptorWords * index
      const low = Atomics.load(this.#descriptors, at) >>> 0
      const high = Atomics.load(this.#descriptors, at + 1) >>> 0
      const length = Atomics.load(this.#descriptors, at + 2) >>> 0
      const flagsAndNext = Atomics.load(this.#descriptors, at + 3)
      const address = high * 2 ** 32 + low
      const region = this.#memory.regionOf(address, length)
      chain.bytes += length
      if (region === undefined || length === 0 || chain.bytes > mostBytes) return false
      if (((flagsAndNext & flag.write) !== 0) !== isWritable || (flagsAndNext & flag.indirect) !== 0)
        return false
      chain.regions[chain.count] = region
      chain.at[chain.count] = address - region.guestAt
      chain.lengths[chain.count] = length
      chain.count += 1
      if ((flagsAndNext & flag.next) === 0) return true
      index = flagsAndNext >>> 16
    }
    return false
  }
}

interface RingParts {
  descriptors: Int32Array
  available: Uint16Array
  used: Uint16Array
  usedEntries: Int32Array
}

function partsOf(
  memory: GuestMemory,
  { size, descriptors, available, used }: RingSetup,
): RingParts | undefined {
  if (size < 2 || size > maxRingSize || (size & (size - 1)) !== 0) return undefined
  const at = (address: number, bytes: number, alignment: number) => {
    const place = memory.placeOf(address, bytes)
    if (place === undefined) return undefined
    const { buffer, byteOffset } = place.region.bytes
    const offset = byteOffset + place.at
    return offset % alignment === 0 ? { buffer, offset } : undefined
  }
  const table = at(descriptors, 16 * size, 16)
  const availableAt = at(available, 4 + 2 * size, 2)
  const usedAt = at(used, 4 + 8 * size, 4)
  if (table === undefined || availableAt === undefined || usedAt === undefined) return undefined
  return {
    descriptors: new Int32Array(table.buffer, table.offset, descriptorWords * size),
    available: new Uint16Array(availableAt.buffer, availableAt.offset, 2 + size),
    used: new Uint16Array(usedAt.buffer, usedAt.offset, 2),
    usedEntries: new Int32Array(usedAt.buffer, usedAt.offset + 4, 2 * size),
  }
}
