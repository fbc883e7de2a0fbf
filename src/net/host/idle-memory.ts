/**
 * Returns unused packet memory to the system (madvise(2), MADV_DONTNEED) some time after a burst of load. Linux
 * only.
 */
import { blockBytes, packetMemory } from '../storage/packet-memory.ts'
import { libcFunction, pointerTo } from './linux/libc.ts'

const dontNeed = 4

const madvise: ((at: bigint, bytes: number, advice: number) => number) | undefined = libcFunction(
  'int madvise(uintptr_t at, size_t bytes, int advice)',
)

/** Returns the number of released bytes. */
export function releaseIdleMemory(): number {
  const blocks = packetMemory.takeIdleBlocks()
  if (blocks.length === 0 || madvise === undefined) return 0
  const base = pointerTo(packetMemory.bytes)
  for (const at of blocks) madvise(base + BigInt(at), blockBytes, dontNeed)
  return blocks.length * blockBytes
}
