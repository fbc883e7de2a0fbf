import { expect, test } from 'vitest'
import { releaseIdleMemory } from '../../../src/net/host/idle-memory.ts'
import { blockBytes, packetMemory } from '../../../src/net/storage/packet-memory.ts'

test.runIf(process.platform === 'linux')(
  'unused memory is returned to the system once, and used memory keeps its bytes',
  () => {
    const [kept, given] = [packetMemory.take(blockBytes)!, packetMemory.take(blockBytes)!]
    for (const block of [kept, given]) block.fill(7)
    packetMemory.give(given)
    expect(releaseIdleMemory()).toBe(blockBytes)
    // The system replaces released pages by zeros.
    expect(given.every((byte) => byte === 0)).toBe(true)
    expect(kept.every((byte) => byte === 7)).toBe(true)
    expect(releaseIdleMemory()).toBe(0)
    packetMemory.give(kept)
    expect(releaseIdleMemory()).toBe(blockBytes)
  },
)
