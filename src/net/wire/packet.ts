/** Memory that packets are read from or written to, with the views that the code needs, made once. */
import { fold, foldInt, sumOf } from './checksum.ts'
import type { SumKernel } from './checksum-kernel.ts'

/** Below this the call costs more than it saves. */
const worthKernelBytes = 64

export class PacketBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly #kernel: SumKernel | undefined

  /** @param kernel sums memory that `bytes` is a part of, by its offset there. */
  constructor(bytes: Uint8Array, kernel?: SumKernel) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#kernel = kernel
  }

  /** As `sumOf` in checksum.ts. */
  sum(start: number, length: number): number {
    if (this.#kernel === undefined || length < worthKernelBytes) return sumOf(this.view, start, length)
    const kernelBytes = length & ~31
    const at = this.bytes.byteOffset + start
    const little = fold(this.#kernel(at, at + kernelBytes) >>> 0)
    const sum = ((little & 0xff) << 8) | (little >> 8)
    if (kernelBytes === length) return sum
    return foldInt(sum + sumOf(this.view, start + kernelBytes, length - kernelBytes))
  }
}
