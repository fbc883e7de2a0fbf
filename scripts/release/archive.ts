/** Reads and writes release archives; equal content gives equal bytes. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'

export interface ArchivedFile {
  content: Buffer
  mode: number
}

/** Files of a .tar.gz by path; directories and links are omitted. */
export async function readTar(gzipped: Buffer): Promise<Map<string, ArchivedFile>> {
  const files = new Map<string, ArchivedFile>()
  for await (const entry of Readable.from([gunzipSync(gzipped)]).pipe(extract())) {
    const content = await buffer(entry)
    if (entry.header.type === 'file')
      files.set(entry.header.name, { content, mode: entry.header.mode ?? 0o644 })
  }
  return files
}

export type TarEntry =
  | { path: string; type: 'file'; content: Buffer; mode: number }
  | { path: string; type: 'directory' }
  | { path: string; type: 'symlink'; target: string }

/** Entries in the given order, owned by root, all with the same time. */
export async function writeTar(entries: readonly TarEntry[], mtime: Date): Promise<Buffer> {
  const tar = pack()
  const bytes = buffer(tar)
  const owner = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime }
  for (const entry of entries) {
    const header = { ...owner, name: entry.path }
    if (entry.type === 'file')
      tar.entry({ ...header, type: 'file', mode: entry.mode & 0o111 ? 0o755 : 0o644 }, entry.content)
    else if (entry.type === 'directory') tar.entry({ ...header, type: 'directory', mode: 0o755 })
    else tar.entry({ ...header, type: 'symlink', mode: 0o777, linkname: entry.target })
  }
  tar.finalize()
  return gzipSync(await bytes, { level: 9 })
}

/** ar(5), in dpkg's dialect: a header of 60 characters per member, members at even offsets. */
export function writeAr(members: readonly { name: string; content: Buffer }[], mtime: Date): Buffer {
  const seconds = Math.floor(mtime.getTime() / 1000)
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    ...members.flatMap(({ name, content }) => [
      Buffer.from(
        `${name.padEnd(16)}${String(seconds).padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n`,
      ),
      content,
      Buffer.alloc(content.length % 2, '\n'),
    ]),
  ])
}
