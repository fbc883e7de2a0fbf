/**
 * Sends pieces of packet memory by one writev(2), and reads into them by readv(2). The struct iovec entries (0 base, 8 length, 64 bits each) are
 * in packet memory too, which never moves. There is room for 1024 pieces, the kernel's maximum. 64-bit Linux
 * only.
 */
import { packetMemory, smallestPieceBytes } from '../../storage/packet-memory.ts'
import { isLinux, libcFunction, pointerTo } from './libc.ts'

const iovecBytes = 16
const isAble = isLinux && (process.arch === 'x64' || process.arch === 'arm64')
const writev: ((fd: number, iovecs: bigint, count: number) => number) | undefined = isAble
  ? libcFunction('long writev(int fd, uintptr_t iovecs, int count)')
  : undefined
const readv: ((fd: number, iovecs: bigint, count: number) => number) | undefined = isAble
  ? libcFunction('long readv(int fd, uintptr_t iovecs, int count)')
  : undefined

export class Gather {
  readonly #view: DataView
  /** Address of the iovecs, for the system call. */
  readonly #pointer: bigint
  /** Base of packet memory in two halves, so that no BigInt is allocated per piece. */
  readonly #low: number
  readonly #high: number
  #count = 0
  /** Bytes of all pieces. */
  total = 0

  private constructor(piece: Uint8Array) {
    this.#view = new DataView(piece.buffer, piece.byteOffset, piece.length)
    const base = pointerTo(packetMemory.bytes)
    this.#pointer = base + BigInt(piece.byteOffset)
    this.#low = Number(base & 0xffff_ffffn)
    this.#high = Number(base >> 32n)
  }

  /** Shared instance, for one call at a time; undefined if unsupported. */
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

  /** Replaces the pieces by those of `bytes`, which is in packet memory; `edges` has start and end of each. */
  take(bytes: Uint8Array, edges: Int32Array, pieces: number): void {
    this.clear()
    for (let i = 0; i < pieces; i += 1) {
      const start = edges[2 * i]!
      this.add(bytes.byteOffset + start, edges[2 * i + 1]! - start)
    }
  }

  /** Returns the number of bytes sent; 0 on any error, which the stream then reports. */
  send(fd: number): number {
    return this.#count === 0 ? 0 : Math.max(0, writev!(fd, this.#pointer, this.#count))
  }

  /** Reads into two pieces of packet memory, in order, by readv(2), and returns its result. */
  receive(fd: number, first: Uint8Array, second: Uint8Array): number {
    this.clear()
    this.add(first.byteOffset, first.length)
    this.add(second.byteOffset, second.length)
    return readv!(fd, this.#pointer, this.#count)
  }

  /** Copies the bytes after the first `skipped` to the target, which must be large enough. */
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
