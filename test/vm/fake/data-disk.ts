/** The header of the data disk, and a mark that names its content. */
import { randomUUID } from 'node:crypto'
import { readSync, writeSync } from 'node:fs'

const sizeOffset = 24
const tableOffset = 512
const markOffset = 65_536
const markBytes = 36

/** Names the content of the disk: written by the first machine that has it, read by all others. */
export function markOf(fd: number): string {
  const kept = Buffer.alloc(markBytes)
  if (readSync(fd, kept, 0, markBytes, markOffset) === markBytes) return kept.toString()
  const mark = randomUUID()
  use(fd)
  writeSync(fd, mark, markOffset)
  return mark
}

/** The disk is blank no longer. */
export function use(fd: number): void {
  const entry = Buffer.alloc(8)
  entry.writeBigUInt64BE(BigInt(markOffset))
  writeSync(fd, entry, 0, 8, tableOffset)
}

export function virtualBytes(fd: number): number {
  const size = Buffer.alloc(8)
  readSync(fd, size, 0, 8, sizeOffset)
  return Number(size.readBigUInt64BE())
}

export function resize(fd: number, bytes: number): void {
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(bytes))
  writeSync(fd, size, 0, 8, sizeOffset)
}
