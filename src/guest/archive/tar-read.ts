/** Reads a tar stream: ustar, pax, and GNU's long names. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteSource, Content, Entry } from './entry.ts'
import { treePath } from './path.ts'
import { type PaxRecords, parsePax } from './pax.ts'
import { blockBytes, parseHeader, type RawHeader } from './tar-header.ts'

interface ReadTarOptions {
  /** Re-readable source of the same bytes: contents are then slices of it instead of in memory. */
  source?: ByteSource
  /** Offset of the archive's first byte in `source`. */
  offset?: number
  /** Maximum number of headers. */
  entries?: number
}

const bad = (why: string, offset: number): DesktopError =>
  new DesktopError('oci/bad-archive', `the tar archive is damaged at byte ${offset}: ${why}`)

const tooMuch = (why: string): DesktopError => new DesktopError('oci/too-large', `the tar archive has ${why}`)

/** Far above a Debian installation's hundreds of thousands of files. */
export const maxEntries: number = 1_000_000
/** Limit for long names and extended attributes, above Linux's limits. */
const maxExtendedBytes = 2 ** 20
/** Limit for a file held in memory. */
const maxHeldBytes = 2 ** 30

const noRecords: PaxRecords = new Map()

/** Throws `oci/bad-archive` if the input is not a tar archive, is truncated, or has a path outside the tree. */
export async function* readTar(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<Entry> {
  const reader = new ByteReader(bytes)
  let globals = noRecords
  let records = noRecords
  let longName: string | undefined
  let longLink: string | undefined
  const most = options.entries ?? maxEntries
  let entries = 0
  try {
    for (;;) {
      const at = reader.position
      const block = await reader.take(blockBytes)
      if (block.length === 0 || isZero(block)) break
      if (block.length < blockBytes) throw bad('it ends inside a header', at)
      const raw = parseHeader(block)
      if (raw === undefined) throw bad('a header has a wrong checksum', at)
      const padded = Math.ceil(raw.size / blockBytes) * blockBytes
      entries += 1
      if (entries > most) throw tooMuch(`more than ${most} entries`)
      if ('xgLK'.includes(raw.type)) {
        // NaN is rejected too.
        if (!(padded <= maxExtendedBytes)) throw tooMuch(`an extended header of ${raw.size} bytes`)
        const data = (await whole(reader, padded)).subarray(0, raw.size)
        if (raw.type === 'L') longName = cString(data)
        else if (raw.type === 'K') longLink = cString(data)
        else {
          const parsed = parsePax(data)
          if (parsed === undefined) throw bad('an extended header is malformed', at)
          if (raw.type === 'g') globals = parsed
          else records = parsed
        }
        continue
      }
      const header = extend(raw, new Map([...globals, ...records]))
      header.name = longName ?? header.name
      header.link = longLink ?? header.link
      yield await member(header, reader, at, options, xattrsOf(records))
      records = noRecords
      longName = undefined
      longLink = undefined
    }
  } finally {
    await reader.close()
  }
}

function isZero(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0)
}

const cString = (data: Buffer): string => data.toString('utf8').replace(/\0.*$/s, '')

async function whole(reader: ByteReader, length: number): Promise<Buffer> {
  const at = reader.position
  const data = await reader.take(length)
  if (data.length < length) throw bad('it ends inside a member', at + data.length)
  return data
}

function extend(raw: RawHeader, records: PaxRecords): RawHeader {
  if (records.size === 0) return raw
  const text = (key: string) => {
    const value = records.get(key)
    return value === undefined ? undefined : Buffer.from(value).toString('utf8')
  }
  const integer = (key: string) => {
    const value = text(key)
    return value === undefined ? undefined : Math.floor(Number(value))
  }
  return {
    ...raw,
    name: text('path') ?? raw.name,
    link: text('linkpath') ?? raw.link,
    size: integer('size') ?? raw.size,
    uid: integer('uid') ?? raw.uid,
    gid: integer('gid') ?? raw.gid,
    mtime: integer('mtime') ?? raw.mtime,
  }
}

const xattrPrefix = 'SCHILY.xattr.'

function xattrsOf(records: PaxRecords): Record<string, Uint8Array> | undefined {
  const found = [...records].filter(([key]) => key.startsWith(xattrPrefix))
  if (found.length === 0) return undefined
  return Object.fromEntries(found.map(([key, value]) => [key.slice(xattrPrefix.length), value]))
}

async function member(
  header: RawHeader,
  reader: ByteReader,
  at: number,
  options: ReadTarOptions,
  xattrs: Record<string, Uint8Array> | undefined,
): Promise<Entry> {
  const path = treePath(header.name)
  if (path === undefined) throw bad(`"${header.name}" leads out of the tree`, at)
  const { mode, uid, gid, mtime, size } = header
  if (!Number.isSafeInteger(size) || size < 0) throw bad('a size is not a number', at)
  const common = { path, mode, uid, gid, mtime, ...(xattrs === undefined ? {} : { xattrs }) }
  // Archives before ustar mark a directory only by a trailing slash.
  const type = header.type === '0' && header.name.endsWith('/') ? '5' : header.type
  switch (type) {
    case '0':
    case '7':
      return { ...common, type: 'file', content: await content(size, reader, options) }
    case '1': {
      const target = treePath(header.link)
      if (target === undefined) throw bad(`"${header.link}" leads out of the tree`, at)
      return { ...common, type: 'hardlink', target }
    }
    case '2':
      return { ...common, type: 'symlink', target: header.link }
    case '3':
    case '4':
      return {
        ...common,
        type: type === '3' ? 'character' : 'block',
        major: header.major,
        minor: header.minor,
      }
    case '5':
      return { ...common, type: 'directory' }
    case '6':
      return { ...common, type: 'fifo' }
    default:
      throw bad(`"${header.name}" is of the unknown type "${type}"`, at)
  }
}

async function content(size: number, reader: ByteReader, options: ReadTarOptions): Promise<Content> {
  const padded = Math.ceil(size / blockBytes) * blockBytes
  if (options.source === undefined && size > maxHeldBytes) throw tooMuch(`a file of ${size} bytes`)
  if (options.source === undefined) return (await whole(reader, padded)).subarray(0, size)
  const at = reader.position
  if ((await reader.skip(padded)) < padded) throw bad('it ends inside a member', reader.position)
  return { source: options.source, offset: (options.offset ?? 0) + at, size }
}
