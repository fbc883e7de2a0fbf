/** Memory that packets are read from or written to, with the views that the code needs, made once. */
import { sumOf } from './checksum.ts'
import type { Kernel } from './kernel.ts'

/** Below this the call costs more than it saves. */
const worthKernelBytes = 64

export class PacketBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Defined: `bytes` are a part of the kernel's memory, from `address` on. */
  readonly kernel: Kernel | undefined
  readonly address: number
  /** Nothing of the packet at hand needs to be summed: it was, or its link has no checksums of TCP and UDP. */
  isVerified = false

  constructor(bytes: Uint8Array, kernel?: Kernel) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.kernel = kernel
    this.address = bytes.byteOffset
  }

  /** As `sumOf` in checksum.ts. */
  sum(start: number, length: number): number {
    if (this.kernel === undefined || length < worthKernelBytes) return sumOf(this.view, start, length)
    const at = this.address + start
    return this.kernel.sum(at, at + length)
  }
}
