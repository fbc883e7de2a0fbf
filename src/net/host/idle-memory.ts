/**
 * Gives packet memory that nobody uses back to the system (madvise(2), MADV_DONTNEED), some time after a load, so that
 * the process is as small as before it. Linux only.
 */
import koffi from 'koffi'
import { blockBytes, packetMemory } from '../storage/packet-memory.ts'

const dontNeed = 4

const madvise: ((at: bigint, bytes: number, advice: number) => number) | undefined =
  process.platform === 'linux'
    ? koffi.load(null).func('int madvise(uintptr_t at, size_t bytes, int advice)')
    : undefined

/** Gives how many bytes went. */
export function releaseIdleMemory(): number {
  const blocks = packetMemory.takeIdleBlocks()
  if (blocks.length === 0 || madvise === undefined) return 0
  const base = koffi.address(packetMemory.bytes)
  for (const at of blocks) madvise(base + BigInt(at), blockBytes, dontNeed)
  return blocks.length * blockBytes
}
