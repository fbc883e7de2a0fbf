/**
 * Writes entries as a cpio archive in "newc" format, which the kernel unpacks as initramfs
 * (early-userspace/buffer-format).
 */
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { batched } from './batch.ts'
import { ContentReader, type Entry, sizeOf } from './entry.ts'

const formatBits = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  hardlink: 0o100000,
  symlink: 0o120000,
} as const satisfies Record<Entry['type'], number>

const end = 'TRAILER!!!'

interface CpioOptions {
  gzip?: boolean
}

/** Writes the archive and ends the sink. Expects the output of `mergeTree`: each path once, parents first. */
export async function writeCpio(
  entries: readonly Entry[],
  sink: Writable,
  options: CpioOptions = {},
): Promise<void> {
  if (options.gzip === true) await pipeline(cpioChunks(entries), createGzip({ level: 6 }), sink)
  else await pipeline(cpioChunks(entries), sink)
}

/** Deterministic: equal entries give equal bytes. */
export function cpioChunks(entries: readonly Entry[]): AsyncGenerator<Uint8Array> {
  return batched(pieces(entries))
}

const padding = (length: number): Uint8Array => Buffer.alloc((4 - (length % 4)) % 4)

function header(fields: readonly number[], path: string): Buffer {
  const name = Buffer.from(`${path}\0`)
  const hex = [...fields, name.length, 0].map((field) => field.toString(16).toUpperCase().padStart(8, '0'))
  const head = Buffer.from(`070701${hex.join('')}`)
  return Buffer.concat([head, name, padding(head.length + name.length)])
}

/** Hard links share an inode number and a link count; the first has the content. */
function linkCounts(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const entry of entries) {
    if (entry.type === 'hardlink') counts.set(entry.target, (counts.get(entry.target) ?? 1) + 1)
  }
  return counts
}

async function* pieces(entries: readonly Entry[]): AsyncGenerator<Uint8Array> {
  await using contents = new ContentReader()
  const counts = linkCounts(entries)
  const inodes = new Map<string, number>()
  let inode = 0
  for (const entry of entries) {
    inode += 1
    const first = entry.type === 'hardlink' ? entry.target : entry.path
    if (entry.type !== 'hardlink' && counts.has(entry.path)) inodes.set(entry.path, inode)
    const number = inodes.get(first) ?? inode
    const links = counts.get(first) ?? (entry.type === 'directory' ? 2 : 1)
    const body = entry.type === 'symlink' ? Buffer.from(entry.target) : undefined
    const size = entry.type === 'file' ? sizeOf(entry.content) : (body?.length ?? 0)
    if (size > 0xffffffff) throw new RangeError(`${entry.path} is too large for a cpio archive`)
    const [major, minor] = 'major' in entry ? [entry.major, entry.minor] : [0, 0]
    const mode = formatBits[entry.type] | entry.mode
    // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor
    yield header(
      [number, mode, entry.uid, entry.gid, links, entry.mtime, size, 0, 0, major, minor],
      entry.path,
    )
    if (entry.type === 'file') yield* contents.read(entry.content)
    else if (body !== undefined) yield body
    yield padding(size)
  }
  yield header([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], end)
}
