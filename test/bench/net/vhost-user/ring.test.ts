import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Chain, SplitRing } from '../../../../bench/net/vhost-user/ring.ts'
import { guestAt, memoryOf, RingDriver, setupOf, size } from './ring-driver.ts'

const most = 65_561

const bytesOf = ({ count, regions, at, lengths }: Chain): number[] =>
  Array.from({ length: count }, (_, i) => [
    ...regions[i]!.bytes.subarray(at[i]!, at[i]! + lengths[i]!),
  ]).flat()

/** Takes until nothing is left; each chain must lie within the memory. Returns the number of chains. */
function takeAll(ring: SplitRing, memoryBytes: number, isWritable: boolean): number {
  const chain = new Chain()
  let taken = 0
  while (ring.take(chain, isWritable, most) === 'taken') {
    taken += 1
    expect(chain.count).toBeGreaterThan(0)
    expect(chain.count).toBeLessThanOrEqual(ring.size)
    for (let i = 0; i < chain.count; i += 1) {
      expect(chain.at[i]).toBeGreaterThanOrEqual(0)
      expect(chain.at[i]! + chain.lengths[i]!).toBeLessThanOrEqual(memoryBytes)
    }
    ring.complete(chain.head, chain.bytes)
    ring.publish()
    // A hostile ring that overlaps its own index can stay non-empty.
    if (taken > 1000) break
  }
  return taken
}

describe('split ring', () => {
  test('takes each chain as the driver posted it, and gives it back', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: size })
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 12 }), fc.boolean(), (chains, isWritable) => {
        const driver = new RingDriver()
        const chain = new Chain()
        for (const [index, one] of chains.entries()) {
          const buffers = driver.post(one, isWritable ? 2 : 0)
          for (const { at, bytes } of buffers) driver.bytes.fill(index + 1, at, at + bytes)
          expect(driver.ring.take(chain, isWritable, most)).toBe('taken')
          expect(bytesOf(chain)).toEqual(new Array(chain.bytes).fill(index + 1))
          expect(driver.ring.take(chain, isWritable, most)).toBe('empty')
          driver.ring.complete(chain.head, chain.bytes)
          driver.ring.publish()
          expect(driver.completed().map(({ length }) => length)).toEqual([
            one.reduce((sum, bytes) => sum + bytes),
          ])
        }
      }),
    )
  })

  test('an arbitrary ring in arbitrary memory never leads outside of it, and never loops', () => {
    const bytes = fc.uint8Array({ minLength: 512, maxLength: 512 })
    // Small numbers make valid indexes and lengths likely.
    const small = bytes.map((all) => all.map((byte) => (byte < 200 ? 0 : byte & 15)))
    fc.assert(
      fc.property(fc.oneof(bytes, small), fc.nat(0xffff), fc.boolean(), (given, base, isWritable) => {
        const memory = Uint8Array.from(given)
        const view = new DataView(memory.buffer)
        // The guest's addresses begin at 4 GiB.
        for (let i = 0; i < size; i += 1) view.setUint32(16 * i + 4, 1, true)
        const ring = SplitRing.open(memoryOf(memory), setupOf(size, base))!
        takeAll(ring, memory.length, isWritable)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['a descriptor beyond the table', (driver: RingDriver) => driver.offer(size)],
    ['a loop', (driver: RingDriver) => loop(driver)],
    ['an address outside of the memory', (driver: RingDriver) => one(driver, 1e9, 1, 0)],
    ['a length that leaves the memory', (driver: RingDriver) => one(driver, 256, 4097, 0)],
    ['a length that wraps 32 bits', (driver: RingDriver) => one(driver, 256, 0xffff_ffff, 0)],
    ['an empty buffer', (driver: RingDriver) => one(driver, 256, 0, 0)],
    ['a buffer of the other direction', (driver: RingDriver) => one(driver, 256, 1, 2)],
    ['an indirect table, which was not negotiated', (driver: RingDriver) => one(driver, 256, 16, 4)],
    ['more entries than the ring has', (driver: RingDriver) => driver.view.setUint16(130, size + 1, true)],
  ])('%s breaks the ring for good', (_, corrupt) => {
    const driver = new RingDriver()
    corrupt(driver)
    const chain = new Chain()
    expect(driver.ring.take(chain, false, most)).toBe('broken')
    driver.post([1])
    expect(driver.ring.take(chain, false, most)).toBe('broken')
    expect(driver.ring.isBroken).toBe(true)
  })

  test('is refused when its size is invalid, or a part is unaligned or outside of the memory', () => {
    const memory = memoryOf(new Uint8Array(4096))
    const setup = setupOf(size)
    expect(SplitRing.open(memory, setup)).toBeDefined()
    for (const wrong of [0, 1, 3, 2048])
      expect(SplitRing.open(memory, { ...setup, size: wrong })).toBeUndefined()
    for (const part of ['descriptors', 'available', 'used'] as const) {
      for (const move of [1, 4090, -256, Number.NaN])
        expect(SplitRing.open(memory, { ...setup, [part]: setup[part] + move })).toBeUndefined()
    }
    expect(SplitRing.open(memory, { ...setup, descriptors: guestAt })).toBeUndefined()
  })

  test('a length that the guest changes during a look at the ring is checked and used as one value', async () => {
    const shared = new SharedArrayBuffer(512)
    const bytes = new Uint8Array(shared)
    const memory = bytes.subarray(0, 500)
    const view = new DataView(shared)
    view.setBigUint64(0, BigInt(guestAt + 400), true)
    view.setUint16(130, 1, true)
    // 1 byte fits, 200 do not. The last byte ends the worker.
    const writer = `
      const bytes = new Uint8Array(require('node:worker_threads').workerData)
      for (let turn = 0; bytes[511] === 0; turn += 1) bytes[8] = turn % 3 === 0 ? 200 : 1`
    const worker = new Worker(writer, { eval: true, workerData: shared })
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    const chain = new Chain()
    let taken = 0
    let broken = 0
    const lengths = new Set<number>()
    for (
      const end = performance.now() + 20_000;
      (taken < 200_000 || broken < 100) && performance.now() < end;
    ) {
      const ring = SplitRing.open(memoryOf(memory), setupOf(size))!
      if (ring.take(chain, false, most) === 'taken') {
        taken += 1
        lengths.add(chain.lengths[0]!)
      } else broken += 1
    }
    bytes[511] = 1
    await ended
    expect(broken).toBeGreaterThanOrEqual(100)
    expect(lengths).toEqual(new Set([1]))
  })
})

function one(driver: RingDriver, at: number, bytes: number, flags: number): void {
  driver.describe(0, at, bytes, flags, 0)
  driver.offer(0)
}

function loop(driver: RingDriver): void {
  driver.describe(0, 256, 1, 1, 1)
  driver.describe(1, 256, 1, 1, 0)
  driver.offer(0)
}
