/** Pool of batch buffers for the links. */
import { packetMemory } from '../storage/packet-memory.ts'
import type { PacketBuffer } from '../wire/packet.ts'

const mostKeptBytes = 4 * 1024 * 1024

export class Batches {
  readonly #free: PacketBuffer[] = []
  /** Size of each. */
  readonly bytes: number

  /** @param bytes a power of two */
  constructor(bytes: number) {
    this.bytes = bytes
  }

  take(): PacketBuffer {
    return this.#free.pop() ?? packetMemory.takeBuffer(this.bytes)
  }

  /** Call when the batch is no longer written or sent. */
  give(batch: PacketBuffer): void {
    if ((this.#free.length + 1) * this.bytes <= mostKeptBytes) this.#free.push(batch)
    else packetMemory.give(batch.bytes)
  }
}
