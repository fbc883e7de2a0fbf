/** Files to and from one tar archive. */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'

/** Writes `archive`, whole or not at all; the same files give the same bytes. */
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

/** Unpacks plain files of these names into `dir` and gives those that were there; throws on anything else. */
export async function unpackFiles(
  archive: string,
  dir: string,
  allowed: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>()
  const extract = tar.extract()
  const read = pipeline(createReadStream(archive), extract)
  // Rejection is seen through the loop below, which ends with the same error.
  read.catch(() => {})
  for await (const entry of extract) {
    const { name, type } = entry.header
    if (type !== 'file' || !allowed.includes(name)) throw new Error(`unexpected ${name} in the archive`)
    await pipeline(entry, createWriteStream(join(dir, name)))
    found.add(name)
  }
  await read
  return found
}
