/** Packs files to a tar archive and unpacks them. */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { ContentReader, sizeOf } from './archive/entry.ts'
import { fileSource } from './archive/file-source.ts'
import { readTar } from './archive/tar-read.ts'

/** Writes `archive` atomically and deterministically. */
export async function packFiles(
  files: readonly { name: string; path: string }[],
  archive: string,
): Promise<void> {
  const temporary = `${archive}.${process.pid}.tmp`
  const pack = tar.pack()
  const written = pipeline(pack, createWriteStream(temporary))
  const write = async () => {
    for (const { name, path } of files) {
      const { size } = await stat(path)
      await pipeline(createReadStream(path), pack.entry({ name, size, mtime: new Date(0) }))
    }
    pack.finalize()
  }
  try {
    await Promise.all([written, write()])
    await rename(temporary, archive)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Limit for an entry and for all together: a guest is a few hundred MB. */
const maxEntryBytes = 4 * 2 ** 30
/** Descriptions are read into memory. */
const maxDescriptionBytes = 4 * 2 ** 20

const maxBytesOf = (name: string): number => (name.endsWith('.json') ? maxDescriptionBytes : maxEntryBytes)

/** Unpacks regular files with these names to `dir` and returns the names found; throws on any other entry. */
export async function unpackFiles(
  archive: string,
  dir: string,
  allowed: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  await using reader = new ContentReader()
  for await (const entry of readTar(createReadStream(archive), { source: fileSource(archive) })) {
    const { path: name, type } = entry
    if (type !== 'file' || !allowed.includes(name)) throw new Error(`unexpected ${name} in the archive`)
    if (found.has(name)) throw new Error(`${name} is in the archive twice`)
    if (sizeOf(entry.content) > maxBytesOf(name)) throw new Error(`${name} is too large`)
    await pipeline(reader.read(entry.content), createWriteStream(join(dir, name)))
    found.add(name)
  }
  return found
}
