/**
 * Maps the guest's memory (mmap(2)) as ArrayBuffers. Two accesses could end this process, and both are excluded:
 *
 * - After munmap: the buffer is detached first. Every view of it then has length 0.
 * - Behind the end of a truncated file (SIGBUS): only files sealed against shrinking are mapped. QEMU seals its
 *   memory-backend-memfd by default.
 */
import { fstatSync } from 'node:fs'
import koffi from 'koffi'
import { libcFunction } from '../../../src/net/host/linux/libc.ts'
import { GuestMemory, type Region } from './memory.ts'
import type { RegionMessage } from './messages.ts'

const mmap = libcFunction(
  'uintptr_t mmap(uintptr_t at, size_t n, int access, int flags, int fd, int64_t from)',
)!
const munmap = libcFunction('int munmap(uintptr_t at, size_t bytes)')!
const fcntl = libcFunction('int fcntl(int fd, int command, ...)')!

const readWrite = 3
const isShared = 1
/** F_GET_SEALS and F_SEAL_SHRINK of linux/fcntl.h. */
const getSeals = 1034
const sealShrink = 2
/** Larger pages come from a pool: when it is empty, an access ends in SIGBUS. */
const pageBytes = 4096

interface Mapping {
  at: number
  bytes: number
  buffer: ArrayBuffer
}

export class MappedMemory implements Disposable {
  readonly memory: GuestMemory
  readonly #mappings: readonly Mapping[]

  private constructor(mappings: readonly Mapping[], regions: readonly Region[]) {
    this.#mappings = mappings
    this.memory = new GuestMemory(regions)
  }

  /** Maps each region from its file; the caller closes the files. Undefined if one cannot be mapped safely. */
  static map(regions: readonly RegionMessage[], fds: readonly number[]): MappedMemory | undefined {
    const mappings: Mapping[] = []
    for (const [index, { bytes, fileAt }] of regions.entries()) {
      const fd = fds[index]
      const mapping = fd === undefined ? undefined : mapFile(fd, fileAt + bytes)
      if (mapping === undefined) {
        release(mappings)
        return undefined
      }
      mappings.push(mapping)
    }
    return new MappedMemory(
      mappings,
      regions.map(({ guestAt, userAt, bytes, fileAt }, index) => ({
        guestAt,
        userAt,
        bytes: new Uint8Array(mappings[index]!.buffer, fileAt, bytes),
      })),
    )
  }

  [Symbol.dispose](): void {
    release(this.#mappings)
  }
}

function mapFile(fd: number, bytes: number): Mapping | undefined {
  const seals: number = fcntl(fd, getSeals)
  if (seals < 0 || (seals & sealShrink) === 0) return undefined
  const { size, blksize } = fstatSync(fd)
  if (size < bytes || blksize !== pageBytes) return undefined
  const at = Number(mmap(0, bytes, readWrite, isShared, fd, 0))
  // MAP_FAILED is -1.
  if (at > Number.MAX_SAFE_INTEGER) return undefined
  return { at, bytes, buffer: koffi.view(at, bytes) }
}

function release(mappings: readonly Mapping[]): void {
  for (const { at, bytes, buffer } of mappings) {
    buffer.transfer(0)
    if (!buffer.detached) throw new Error('a buffer of guest memory cannot be detached')
    munmap(at, bytes)
  }
}
