import { expect, test } from 'vitest'
import { residentBytes } from '../../src/host/resident-memory.ts'

test.runIf(process.platform === 'linux')(
  'a running process has resident memory, and one that has exited has none',
  async () => {
    const own = process.memoryUsage.rss()
    const read = (await residentBytes(process.pid)) ?? 0
    expect(read).toBeGreaterThan(own / 2)
    expect(read).toBeLessThan(own * 2)
    // Beyond the largest pid of Linux.
    expect(await residentBytes(2 ** 22 + 1)).toBeUndefined()
  },
)
