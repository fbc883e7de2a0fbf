/** Packet buffer with preallocated views. */
import { sumOf } from './checksum.ts'
import type { Kernel } from './kernel.ts'

/** Below this size, the call costs more than it saves. */
const worthKernelBytes = 64

export class PacketBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** If defined, `bytes` is part of the kernel's memory, at `address`. */
  readonly kernel: Kernel | undefined
  readonly address: number
  /**
   * Skip checksum verification of the current packet: it was verified, or its link does not fill TCP and UDP
   * checksums.
   */
  isVerified = false

  constructor(bytes: Uint8Array, kernel?: Kernel) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.kernel = kernel
    this.address = bytes.byteOffset
  }

  /** Like `sumOf` in checksum.ts. */
  sum(start: number, length: number): number {
    if (this.kernel === undefined || length < worthKernelBytes) return sumOf(this.view, start, length)
    const at = this.address + start
    return this.kernel.sum(at, at + length)
  }
}
