/**
 * Guest memory of a golden snapshot, shared by the machines that start from it: a sealed file in memory that each QEMU
 * maps privately, so that only changed pages take additional memory (docs/decisions/0249).
 */
import { closeSync, openSync, read, write } from 'node:fs'
import { open, readdir, readlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { lockDirectory } from '../../host/flock.ts'
import { findProcesses } from '../../host/identity.ts'
import { createMemfd, dataExtents, isSealed, memfdLink, seal } from '../../host/memfd.ts'
import { until } from '../../host/until.ts'
import { type MemorySum, type SharedMemory, UnusableState } from '../suspend/saved.ts'

/** An open file; disposal closes it. */
export interface OpenMemory extends Disposable {
  readonly fd: number
}

const pageBytes = 4096
const chunkBytes = 2 ** 20
const noBytes = Buffer.alloc(pageBytes)
/** Loading takes under a second per GiB, and many times as long on a busy disk. */
const lockMs = (bytes: number): number => 60_000 * (1 + bytes / 2 ** 30)

const nameOf = (id: string): string => `desktop-golden-${id}`

const opened = (fd: number): OpenMemory => ({ fd, [Symbol.dispose]: () => closeSync(fd) })

/** Empty memory for a machine that will become a golden snapshot. */
export const blankMemory = (bytes: number): OpenMemory => opened(createMemfd('desktop-golden', bytes))

/** Writes the memory to a sparse file, without its zero pages. The machine has ended. */
export async function keepMemory({ fd }: OpenMemory, path: string, bytes: number): Promise<MemorySum> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.truncate(bytes)
    const sum = await copyPages(fd, file.fd, bytes)
    await file.datasync()
    return { id: crypto.randomUUID(), bytes, crc32: sum }
  } finally {
    await file.close()
  }
}

/** The memory that another supervisor has loaded, else loaded from its file. Throws if the file is damaged. */
export async function takeMemory(memory: SharedMemory): Promise<OpenMemory> {
  const directory = dirname(memory.file)
  // The first of several supervisors loads it; the others then find it.
  using _lock = await until(() => lockDirectory(directory), {
    deadlineMs: lockMs(memory.bytes),
    intervalMs: 20,
  })
  return (await findMemory(memory.id)) ?? (await loadMemory(memory))
}

async function loadMemory({ file: path, id, bytes, crc32: expected }: SharedMemory): Promise<OpenMemory> {
  const file = await open(path, 'r')
  const memory = opened(createMemfd(nameOf(id), bytes))
  try {
    const { size } = await file.stat()
    if (size !== bytes || (await copyPages(file.fd, memory.fd, bytes)) !== expected)
      throw new UnusableState('its memory is damaged')
    seal(memory.fd)
    return memory
  } catch (error) {
    memory[Symbol.dispose]()
    throw error
  } finally {
    await file.close()
  }
}

/**
 * Only processes of this program are searched: QEMU holds the same file, but after an escape from its guest it could
 * offer another one.
 */
async function findMemory(id: string): Promise<OpenMemory | undefined> {
  const own = await readlink('/proc/self/exe')
  const supervisors = await findProcesses(async (pid) => (await linkOf(`/proc/${pid}/exe`)) === own)
  for (const { pid } of supervisors) {
    const found = await openedBy(pid, memfdLink(nameOf(id)))
    if (found !== undefined) return found
  }
  return undefined
}

const linkOf = (path: string): Promise<string | undefined> => readlink(path).catch(() => undefined)

async function openedBy(pid: number, link: string): Promise<OpenMemory | undefined> {
  const directory = `/proc/${pid}/fd`
  for (const number of await readdir(directory).catch(() => [])) {
    const path = `${directory}/${number}`
    if ((await linkOf(path)) !== link) continue
    try {
      const memory = opened(openSync(path, 'r'))
      if (isSealed(memory.fd)) return memory
      memory[Symbol.dispose]()
    } catch {
      // Closed meanwhile.
    }
  }
  return undefined
}

const readAt = promisify(read)
const writeAt = promisify(write)

/** Copies all pages that are not zero, and returns their CRC-32. */
async function copyPages(from: number, to: number, bytes: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let sum = 0
  let copied = 0
  for (const extent of dataExtents(from, bytes)) {
    // Blocks of some file systems are smaller than a page.
    const end = pageAfter(extent.to)
    for (let at = Math.max(copied, pageBefore(extent.from)); at < end; at += chunkBytes) {
      const wanted = Math.min(chunkBytes, end - at)
      const { bytesRead } = await readAt(from, buffer, 0, wanted, at)
      if (bytesRead < wanted) throw new Error(`the memory ends at ${at + bytesRead} of ${bytes} bytes`)
      for (const [first, last] of filledRuns(buffer.subarray(0, wanted))) {
        const run = buffer.subarray(first, last)
        sum = crc32(run, sum)
        const { bytesWritten } = await writeAt(to, run, 0, run.length, at + first)
        // On a full disk, a write may be partial without an error; the next one then fails.
        if (bytesWritten < run.length)
          await writeAt(to, run, bytesWritten, run.length - bytesWritten, at + first + bytesWritten)
      }
    }
    copied = end
  }
  return sum
}

const pageBefore = (at: number): number => at - (at % pageBytes)
const pageAfter = (at: number): number => pageBefore(at + pageBytes - 1)

/** Runs of pages that are not all zero. */
function* filledRuns(chunk: Buffer): Generator<readonly [first: number, last: number]> {
  let first: number | undefined
  for (let at = 0; at < chunk.length; at += pageBytes) {
    if (!chunk.subarray(at, at + pageBytes).equals(noBytes)) first ??= at
    else if (first !== undefined) {
      yield [first, at]
      first = undefined
    }
  }
  if (first !== undefined) yield [first, chunk.length]
}
