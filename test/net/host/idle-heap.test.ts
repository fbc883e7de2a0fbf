import { getHeapStatistics } from 'node:v8'
import { expect, test } from 'vitest'
import { collectHeap, IdleHeap } from '../../../src/net/host/idle-heap.ts'

const mb = 1024 * 1024

/** A process with configurable size and load. */
class FakeProcess {
  megabytes = 20
  /** Size after a collection. */
  inUse = 20
  spentMs = 0
  clock = 0
  collections = 0
  residentBytes = () => this.megabytes * mb
  cpuMs = () => this.spentMs
  nowMs = () => this.clock
  async collect(): Promise<void> {
    this.collections += 1
    this.megabytes = this.inUse
  }

  /** Advances the clock by three seconds. */
  pass(busyMs: number): void {
    this.clock += 3000
    this.spentMs += busyMs
  }
}

const [idleMs, busyMs] = [10, 2000]

function atRest(): { process: FakeProcess; look: (spentMs: number) => Promise<boolean> } {
  const process = new FakeProcess()
  const heap = new IdleHeap(process)
  const look = async (spentMs: number) => {
    process.pass(spentMs)
    const isToLookAgain = heap.look()
    await Promise.resolve()
    return isToLookAgain
  }
  return { process, look }
}

test('a grown heap is collected once when the load has ended, and not before', async () => {
  const { process, look } = atRest()
  expect(await look(idleMs)).toBe(false)
  process.megabytes = 90
  for (let i = 0; i < 5; i += 1) expect(await look(busyMs)).toBe(true)
  expect(process.collections).toBe(0)
  expect(await look(idleMs)).toBe(true)
  expect(process.collections).toBe(1)
  expect(await look(idleMs)).toBe(false)
  expect(process.collections).toBe(1)
})

test('live objects are not collected again after a collection', async () => {
  const { process, look } = atRest()
  await look(idleMs)
  process.megabytes = 90
  process.inUse = 80
  for (let i = 0; i < 30; i += 1) await look(idleMs)
  expect(process.collections).toBe(1)
})

test('a heap with little growth is not collected', async () => {
  const { process, look } = atRest()
  await look(idleMs)
  process.megabytes = 30
  expect(await look(idleMs)).toBe(false)
  expect(process.collections).toBe(0)
})

test('a continuous load is collected at most twice a minute, and once after it ends', async () => {
  const { process, look } = atRest()
  await look(idleMs)
  for (let i = 0; i < 20; i += 1) {
    process.megabytes = 90
    await look(idleMs)
  }
  expect(process.collections).toBe(2)
  for (let i = 0; i < 10; i += 1) await look(idleMs)
  expect(process.collections).toBe(3)
  expect(process.megabytes).toBe(20)
})

test('an endless flood is interrupted once, when its memory has stayed large for a minute', async () => {
  const { process, look } = atRest()
  await look(idleMs)
  process.inUse = 100
  process.megabytes = 120
  for (let i = 0; i < 19; i += 1) await look(busyMs)
  expect(process.collections).toBe(0)
  for (let i = 0; i < 40; i += 1) await look(busyMs)
  expect(process.collections).toBe(1)
})

/** Allocates tens of megabytes of garbage; returns the bytes in use with it. */
function litter(): number {
  const objects = Array.from({ length: 400_000 }, (_, i) => ({ i, text: `text ${i}` }))
  return objects.length && getHeapStatistics().used_heap_size
}

test('a collection shrinks the heap of this process', async () => {
  const full = litter()
  await collectHeap()
  expect(getHeapStatistics().used_heap_size).toBeLessThan(full - 8 * mb)
})
