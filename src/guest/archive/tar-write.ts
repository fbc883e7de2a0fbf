/** Writes a tar stream: ustar, with pax headers for values that do not fit. */
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { batched } from './batch.ts'
import { ContentReader, type Entries, type Entry, sizeOf } from './entry.ts'
import { emitPax } from './pax.ts'
import { blockBytes, emitHeader, fits, type RawHeader } from './tar-header.ts'

const typeFlags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
} as const satisfies Record<Entry['type'], string>

const padding = (size: number): Uint8Array => Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)

/** Deterministic: equal entries give equal bytes. */
export function tarChunks(entries: Entries): AsyncGenerator<Uint8Array> {
  return batched(pieces(entries))
}

/** Writes the archive and ends the sink. */
export async function writeTar(entries: Entries, sink: Writable): Promise<void> {
  await pipeline(tarChunks(entries), sink)
}

async function* pieces(entries: Entries): AsyncGenerator<Uint8Array> {
  await using contents = new ContentReader()
  for await (const entry of entries) {
    const header = rawHeader(entry)
    const extended = extendedHeader(entry, header)
    if (extended !== undefined) yield extended
    yield emitHeader(header)
    if (entry.type !== 'file') continue
    yield* contents.read(entry.content)
    yield padding(header.size)
  }
  yield Buffer.alloc(2 * blockBytes)
}

function rawHeader(entry: Entry): RawHeader {
  const { path, mode, uid, gid, mtime, type } = entry
  return {
    name: type === 'directory' ? `${path}/` : path,
    mode,
    uid,
    gid,
    mtime,
    type: typeFlags[type],
    size: type === 'file' ? sizeOf(entry.content) : 0,
    link: type === 'symlink' || type === 'hardlink' ? entry.target : '',
    major: type === 'character' || type === 'block' ? entry.major : 0,
    minor: type === 'character' || type === 'block' ? entry.minor : 0,
  }
}

function extendedHeader(entry: Entry, header: RawHeader): Buffer | undefined {
  const records = new Map<string, Uint8Array>()
  if (!fits.text(header.name)) records.set('path', Buffer.from(header.name))
  if (!fits.text(header.link)) records.set('linkpath', Buffer.from(header.link))
  if (!fits.id(header.uid)) records.set('uid', Buffer.from(String(header.uid)))
  if (!fits.id(header.gid)) records.set('gid', Buffer.from(String(header.gid)))
  if (!fits.size(header.size)) records.set('size', Buffer.from(String(header.size)))
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) records.set(`SCHILY.xattr.${name}`, value)
  if (records.size === 0) return undefined
  const data = emitPax(records)
  const own = { uid: 0, gid: 0, mtime: header.mtime, link: '', major: 0, minor: 0 }
  return Buffer.concat([
    emitHeader({ ...own, name: 'PaxHeaders/0', mode: 0o644, type: 'x', size: data.length }),
    data,
    padding(data.length),
  ])
}
