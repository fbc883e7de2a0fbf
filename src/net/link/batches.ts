/** Batches for the links, kept for the next one that needs some. */
import { packetMemory } from '../storage/packet-memory.ts'
import type { PacketBuffer } from '../wire/packet.ts'

export const batchBytes: number = 512 * 1024
const maxKept = 8

export class Batches {
  readonly #free: PacketBuffer[] = []

  take(): PacketBuffer {
    return this.#free.pop() ?? packetMemory.takeBuffer(batchBytes)
  }

  /** Nobody writes or sends it any more. */
  give(batch: PacketBuffer): void {
    if (this.#free.length < maxKept) this.#free.push(batch)
    else packetMemory.give(batch.bytes)
  }
}
