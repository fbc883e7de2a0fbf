/**
 * Memory of send buffers: packet memory, otherwise ordinary memory. Freed rings are cached up to a limit; of
 * packet memory only small rings, which are allocated and freed for every request.
 */
import { PacketBuffer } from '../wire/packet.ts'
import { blockBytes, packetMemory } from './packet-memory.ts'

const maxKeptBytes = 16 * 1024 * 1024
const maxKeptFastBytes = 1024 * 1024
const maxKeptFastSize = 64 * 1024

/** A link with unsent bytes of a ring. */
export interface RingReader {
  flush(): void
}

export class RingPool {
  readonly #free = new Map<number, PacketBuffer[]>()
  readonly #readers = new Set<RingReader>()
  #keptBytes = 0
  #keptFastBytes = 0
  /** Bytes currently allocated. */
  usedBytes = 0

  /** @param size a power of two. */
  take(size: number): PacketBuffer {
    this.usedBytes += size
    const kept = this.#free.get(size)?.pop()
    if (kept !== undefined) {
      if (kept.kernel === undefined) this.#keptBytes -= size
      else this.#keptFastBytes -= size
      return kept
    }
    const fast = size <= blockBytes ? packetMemory.take(size) : undefined
    return fast === undefined
      ? new PacketBuffer(new Uint8Array(size))
      : new PacketBuffer(fast, packetMemory.kernel)
  }

  give(ring: PacketBuffer): void {
    const size = ring.bytes.length
    this.usedBytes -= size
    // Send pending bytes before the ring is reused.
    for (const reader of this.#readers) reader.flush()
    this.#readers.clear()
    if (ring.kernel === undefined) {
      if (this.#keptBytes + size > maxKeptBytes) return
      this.#keptBytes += size
    } else {
      if (size > maxKeptFastSize || this.#keptFastBytes + size > maxKeptFastBytes) {
        packetMemory.give(ring.bytes)
        return
      }
      this.#keptFastBytes += size
    }
    const kept = this.#free.get(size)
    if (kept === undefined) this.#free.set(size, [ring])
    else kept.push(ring)
  }

  /** Registers a link that has yet to send bytes directly from a ring. */
  readBy(reader: RingReader): void {
    this.#readers.add(reader)
  }

  /** Releases cached memory after a time without activity. */
  trim(): void {
    for (const rings of this.#free.values()) for (const ring of rings) packetMemory.give(ring.bytes)
    this.#free.clear()
    this.#keptBytes = 0
    this.#keptFastBytes = 0
  }
}
