/** Batches for the links, in memory that the checksum kernel reaches; when that is used up, anywhere. */
import { newSumKernel } from '../wire/checksum-kernel.ts'
import { PacketBuffer } from '../wire/packet.ts'

export const batchBytes: number = 256 * 1024
/** Memory that no batch has touched takes no room. */
const fastBatches = 32

export class Batches {
  readonly #free: PacketBuffer[] = []
  readonly #fast = new Set<PacketBuffer>()

  constructor() {
    const { memory, sum } = newSumKernel(fastBatches * batchBytes)
    for (let i = fastBatches - 1; i >= 0; i -= 1) {
      const batch = new PacketBuffer(memory.subarray(i * batchBytes, (i + 1) * batchBytes), sum)
      this.#free.push(batch)
      this.#fast.add(batch)
    }
  }

  take(): PacketBuffer {
    return this.#free.pop() ?? new PacketBuffer(new Uint8Array(batchBytes))
  }

  /** Nobody writes or sends it any more. */
  give(batch: PacketBuffer): void {
    if (this.#fast.has(batch)) this.#free.push(batch)
  }
}
