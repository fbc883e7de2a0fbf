/** A file tree as a list of entries, in tar archive order. */

/** Stored bytes for sequential reading: a layer in the store, or a file on disk. */
export interface ByteSource {
  /** A cursor is cheap while offsets grow; for a smaller offset it restarts. */
  open(): ByteCursor
}

export interface ByteCursor extends AsyncDisposable {
  /** Exactly `size` bytes from `offset`. Throws if the source is shorter. */
  read(offset: number, size: number): AsyncIterable<Uint8Array>
}

export interface Slice {
  source: ByteSource
  offset: number
  size: number
}

/** File content: in memory, or a slice of a source. */
export type Content = Uint8Array | Slice

interface Common {
  /** Relative to the root of the tree: no leading or trailing slash, no `..`; the root itself is `.`. */
  path: string
  /** Permission bits with set-uid, set-gid and sticky: 0 to 0o7777. */
  mode: number
  uid: number
  gid: number
  /** Seconds since 1970. */
  mtime: number
  /** Extended attributes by full name, e.g. `security.capability`. */
  xattrs?: Readonly<Record<string, Uint8Array>>
}

export interface Directory extends Common {
  type: 'directory'
}
export interface File extends Common {
  type: 'file'
  content: Content
}
export interface Symlink extends Common {
  type: 'symlink'
  target: string
}
/** `target` is the path of an earlier file of the same tree. */
export interface HardLink extends Common {
  type: 'hardlink'
  target: string
}
export interface Device extends Common {
  type: 'character' | 'block'
  major: number
  minor: number
}
export interface Fifo extends Common {
  type: 'fifo'
}

export type Entry = Directory | File | Symlink | HardLink | Device | Fifo

export type Entries = Iterable<Entry> | AsyncIterable<Entry>

export function sizeOf(content: Content): number {
  return content instanceof Uint8Array ? content.length : content.size
}

/** Reads a content into memory: for small files and the kernel. */
export async function bytesOf(content: Content): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  await using cursor = content.source.open()
  const chunks: Uint8Array[] = []
  for await (const chunk of cursor.read(content.offset, content.size)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * Reads contents sequentially, with one cursor per source: a tree sorted by layer is read in one pass over each layer.
 */
export class ContentReader implements AsyncDisposable {
  readonly #cursors = new Map<ByteSource, ByteCursor>()

  async *read(content: Content): AsyncGenerator<Uint8Array> {
    if (content instanceof Uint8Array) {
      if (content.length > 0) yield content
      return
    }
    if (content.size === 0) return
    let cursor = this.#cursors.get(content.source)
    if (cursor === undefined) {
      cursor = content.source.open()
      this.#cursors.set(content.source, cursor)
    }
    yield* cursor.read(content.offset, content.size)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cursor of this.#cursors.values()) await cursor[Symbol.asyncDispose]()
    this.#cursors.clear()
  }
}
