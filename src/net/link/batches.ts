/** Pool of batch buffers for the links. */
import { packetMemory } from '../storage/packet-memory.ts'
import type { PacketBuffer } from '../wire/packet.ts'

export const batchBytes: number = 512 * 1024
const maxKept = 8

export class Batches {
  readonly #free: PacketBuffer[] = []

  take(): PacketBuffer {
    return this.#free.pop() ?? packetMemory.takeBuffer(batchBytes)
  }

  /** Call when the batch is no longer written or sent. */
  give(batch: PacketBuffer): void {
    if (this.#free.length < maxKept) this.#free.push(batch)
    else packetMemory.give(batch.bytes)
  }
}
