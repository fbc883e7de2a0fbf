/**
 * WebAssembly memory for the kernel functions and for zero-copy output to the host's kernel: link buffers and
 * send rings. It never moves. It is divided into blocks, each cut into pieces of one size; when it is exhausted,
 * callers use ordinary memory.
 */
import { newKernel } from '../wasm/module.ts'
import type { Kernel } from '../wire/kernel.ts'
import { PacketBuffer } from '../wire/packet.ts'

export const smallestPieceBytes: number = 16 * 1024
export const blockBytes: number = 2 * 1024 * 1024
const defaultBlocks = 48

interface Block {
  readonly at: number
  /** Size of its pieces; undefined while no piece is taken. */
  pieceBytes: number
  taken: number
  /** Written since it was last returned to the system. */
  isTouched: boolean
}

export class PacketMemory {
  readonly #blockCount: number
  #opened: { memory: Uint8Array; kernel: Kernel } | undefined
  readonly #blocks: Block[] = []
  /** Untouched or completely free blocks, used last-in first-out, so that few are touched. */
  readonly #freeBlocks: Block[] = []
  /** Piece size → addresses of free pieces in partly used blocks. */
  readonly #freePieces = new Map<number, number[]>()

  /** @param blocks number of blocks; unused ones occupy no memory */
  constructor(blocks: number = defaultBlocks) {
    this.#blockCount = blocks
  }

  get kernel(): Kernel {
    return this.#open().kernel
  }

  /** The whole memory; offsets in it are the kernel's addresses. */
  get bytes(): Uint8Array {
    return this.#open().memory
  }

  /** @param bytes a power of two between `smallestPieceBytes` and `blockBytes`. Undefined if exhausted. */
  take(bytes: number): Uint8Array | undefined {
    const { memory } = this.#open()
    let free = this.#freePieces.get(bytes)
    if (free === undefined) {
      free = []
      this.#freePieces.set(bytes, free)
    }
    if (free.length === 0) {
      const block = this.#freeBlocks.pop()
      if (block === undefined) return undefined
      block.pieceBytes = bytes
      block.isTouched = true
      for (let at = block.at + blockBytes - bytes; at >= block.at; at -= bytes) free.push(at)
    }
    const at = free.pop()!
    this.#blockOf(at).taken += 1
    return memory.subarray(at, at + bytes)
  }

  /** Takes a piece as a packet buffer; falls back to ordinary memory. */
  takeBuffer(bytes: number): PacketBuffer {
    const piece = this.take(bytes)
    return piece === undefined
      ? new PacketBuffer(new Uint8Array(bytes))
      : new PacketBuffer(piece, this.kernel)
  }

  /** Returns a piece from `take`; ordinary memory is left to the garbage collector. */
  give(piece: Uint8Array): void {
    if (!this.has(piece)) return
    const at = piece.byteOffset
    const block = this.#blockOf(at)
    const free = this.#freePieces.get(block.pieceBytes)!
    free.push(at)
    block.taken -= 1
    if (block.taken > 0) return
    const others = free.filter((place) => this.#blockOf(place) !== block)
    this.#freePieces.set(block.pieceBytes, others)
    this.#freeBlocks.push(block)
  }

  /** Addresses of free blocks that occupy memory; the caller returns them to the system. */
  takeIdleBlocks(): number[] {
    const idle = this.#freeBlocks.filter(({ isTouched }) => isTouched)
    for (const block of idle) block.isTouched = false
    return idle.map(({ at }) => at)
  }

  has(piece: Uint8Array): boolean {
    return piece.buffer === this.#opened?.memory.buffer
  }

  #blockOf(at: number): Block {
    return this.#blocks[Math.floor(at / blockBytes)]!
  }

  #open(): { memory: Uint8Array; kernel: Kernel } {
    if (this.#opened !== undefined) return this.#opened
    for (let i = 0; i < this.#blockCount; i += 1)
      this.#blocks.push({ at: i * blockBytes, pieceBytes: blockBytes, taken: 0, isTouched: false })
    this.#freeBlocks.push(...this.#blocks.toReversed())
    this.#opened = newKernel(this.#blockCount * blockBytes)
    return this.#opened
  }
}

/** Shared by all forwarders of this process. */
export const packetMemory: PacketMemory = new PacketMemory()
