/**
 * Pieces of packet memory for one writev(2): struct iovec (0 base, 8 length, of 64 bits each), laid out in packet
 * memory too, which never moves. There is room for 1024 pieces, which is as many as the kernel takes. Linux on 64 bits
 * only.
 */
import { packetMemory, smallestPieceBytes } from '../../storage/packet-memory.ts'
import { isLinux, libcFunction, pointerTo } from './libc.ts'

const iovecBytes = 16
const isAble = isLinux && (process.arch === 'x64' || process.arch === 'arm64')
const writev: ((fd: number, iovecs: bigint, count: number) => number) | undefined = isAble
  ? libcFunction('long writev(int fd, uintptr_t iovecs, int count)')
  : undefined

export class Gather {
  readonly #view: DataView
  /** Where the iovecs are, for the system call. */
  readonly #pointer: bigint
  /** Where packet memory begins: two halves, so that no BigInt is made per piece. */
  readonly #low: number
  readonly #high: number
  #count = 0
  /** Of all pieces. */
  total = 0

  private constructor(piece: Uint8Array) {
    this.#view = new DataView(piece.buffer, piece.byteOffset, piece.length)
    const base = pointerTo(packetMemory.bytes)
    this.#pointer = base + BigInt(piece.byteOffset)
    this.#low = Number(base & 0xffff_ffffn)
    this.#high = Number(base >> 32n)
  }

  /** One for all, for one call at a time; undefined where it cannot be. */
  static shared(): Gather | undefined {
    if (writev === undefined || shared !== undefined) return shared
    const piece = packetMemory.take(smallestPieceBytes)
    if (piece !== undefined) shared = new Gather(piece)
    return shared
  }

  /** @param address in packet memory. */
  add(address: number, bytes: number): void {
    if (bytes === 0) return
    const at = this.#count * iovecBytes
    const low = this.#low + address
    this.#view.setUint32(at, low, true)
    this.#view.setUint32(at + 4, this.#high + (low > 0xffff_ffff ? 1 : 0), true)
    this.#view.setUint32(at + 8, bytes, true)
    this.#view.setUint32(at + 12, 0, true)
    this.#count += 1
    this.total += bytes
  }

  /** Just these pieces of bytes in packet memory: `edges` has start and end of each. */
  take(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    this.clear()
    for (let i = 0; i < pieces; i += 1) {
      const start = edges[2 * i]!
      this.add(bytes.byteOffset + start, edges[2 * i + 1]! - start)
    }
  }

  /** Bytes that the kernel took of the pieces, 0 when it takes none now or says why not: a stream will tell. */
  send(fd: number): number {
    return this.#count === 0 ? 0 : Math.max(0, writev!(fd, this.#pointer, this.#count))
  }

  /** Copies what comes after the first `skipped` bytes to the target, which has room for it. */
  copyRest(skipped: number, target: Uint8Array): void {
    let skip = skipped
    let to = 0
    for (let i = 0; i < this.#count; i += 1) {
      const at = i * iovecBytes
      const start = (this.#view.getUint32(at, true) - this.#low) >>> 0
      const end = start + this.#view.getUint32(at + 8, true)
      const from = Math.min(end, start + skip)
      skip -= from - start
      target.set(packetMemory.bytes.subarray(from, end), to)
      to += end - from
    }
  }

  clear(): void {
    this.#count = 0
    this.total = 0
  }
}

let shared: Gather | undefined
