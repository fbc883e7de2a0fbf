import { closeSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blankMemory, keepMemory, type OpenMemory, takeMemory } from '../../../src/vm/golden/memory.ts'
import { type SharedMemory, UnusableState } from '../../../src/vm/suspend/saved.ts'
import { returnsToBaseline } from '../../support/baseline.ts'

returnsToBaseline()

const page = 4096
const bytes = 3 * 2 ** 20

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'memory-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Memory with these pages filled with their number, kept in a file. */
async function kept(pages: readonly number[]): Promise<{ content: Buffer; memory: SharedMemory }> {
  const content = Buffer.alloc(bytes)
  for (const number of pages) content.fill((number % 255) + 1, number * page, number * page + page)
  using memory = blankMemory(bytes)
  writeSync(memory.fd, content, 0, bytes, 0)
  const file = join(dir, crypto.randomUUID())
  return { content, memory: { ...(await keepMemory(memory, file, bytes)), file } }
}

function contentOf({ fd }: OpenMemory): Buffer {
  const content = Buffer.alloc(bytes)
  expect(readSync(fd, content, 0, bytes, 0)).toBe(bytes)
  return content
}

const onLinux = test.runIf(process.platform === 'linux')

onLinux('memory that was kept in a file is loaded unchanged, whichever pages it uses', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes / page - 1), { maxLength: 40 }), async (pages) => {
      const { content, memory } = await kept(pages)
      using taken = await takeMemory(memory)
      expect(contentOf(taken).equals(content)).toBe(true)
    }),
    { numRuns: 25 },
  )
})

onLinux('zero pages take no space in the file and in memory', async () => {
  const { memory } = await kept([7, 300])
  expect((await stat(memory.file)).blocks * 512).toBeLessThan(20 * page)
  using taken = await takeMemory(memory)
  expect(fstatSync(taken.fd).blocks * 512).toBe(2 * page)
})

onLinux('loaded memory can be neither written nor resized', async () => {
  const { content, memory } = await kept([1])
  using taken = await takeMemory(memory)
  for (const change of [
    () => writeSync(taken.fd, 'x', 0),
    () => ftruncateSync(taken.fd, 0),
    () => ftruncateSync(taken.fd, 2 * bytes),
  ])
    expect(change).toThrow(/EPERM/)
  expect(contentOf(taken).equals(content)).toBe(true)
})

onLinux('memory is loaded once while a process of this program has it, and again after that', async () => {
  const { memory } = await kept([1, 2])
  const inode = ({ fd }: OpenMemory): number => fstatSync(fd).ino
  const first = await takeMemory(memory)
  // The second holder keeps it after the first is gone.
  const second = await takeMemory(memory)
  expect(inode(second)).toBe(inode(first))
  first[Symbol.dispose]()
  using third = await takeMemory(memory)
  expect(inode(third)).toBe(inode(second))
  using other = await takeMemory((await kept([1, 2])).memory)
  expect(inode(other)).not.toBe(inode(third))
  second[Symbol.dispose]()
})

onLinux('concurrent machines load it once', async () => {
  const { memory } = await kept([1, 2])
  const taken = await Promise.all([1, 2, 3].map(() => takeMemory(memory)))
  expect(new Set(taken.map(({ fd }) => fstatSync(fd).ino)).size).toBe(1)
  for (const { fd } of taken) closeSync(fd)
})

onLinux.each([
  ['with another byte', (size: number) => ({ at: 2 * page + 5, size })],
  ['that is cut', (size: number) => ({ at: 0, size: size - page })],
] as const)('a memory file %s is rejected', async (_what, damage) => {
  const { memory } = await kept([2, 3])
  await using file = await open(memory.file, 'r+')
  const { at, size } = damage(bytes)
  await file.write('x', at)
  await file.truncate(size)
  await expect(takeMemory(memory)).rejects.toBeInstanceOf(UnusableState)
})
