/** A .deb file (deb(5)): an ar archive with two tar archives, control and data. */
import { createReadStream } from 'node:fs'
import { DesktopError } from '../../errors/desktop-error.ts'
import { ByteReader } from '../archive/byte-reader.ts'
import { readTar } from '../archive/tar-read.ts'
import { decompressed } from './decompress.ts'

/** Tar stream of the package's files. */
export const debFiles = (path: string): Promise<AsyncIterable<Uint8Array>> => memberOf(path, 'data.tar')

/** The package's control stanza: name, version, dependencies. */
export async function debControl(path: string): Promise<string> {
  for await (const entry of readTar(await memberOf(path, 'control.tar'))) {
    if (entry.type === 'file' && entry.path === 'control' && entry.content instanceof Uint8Array)
      return Buffer.from(entry.content).toString('utf8')
  }
  throw damaged(path, 'it holds no control file')
}

const damaged = (path: string, why: string): DesktopError =>
  new DesktopError('guest/build-failed', `${path} is not a Debian package: ${why}`)

const magic = '!<arch>\n'
const headerBytes = 60

async function memberOf(path: string, prefix: string): Promise<AsyncIterable<Uint8Array>> {
  const reader = new ByteReader(createReadStream(path, { highWaterMark: 1 << 20 }))
  try {
    if ((await reader.take(magic.length)).toString('latin1') !== magic) throw damaged(path, 'no ar archive')
    for (;;) {
      const header = (await reader.take(headerBytes)).toString('latin1')
      if (header.length < headerBytes || !header.endsWith('`\n')) throw damaged(path, `it has no ${prefix}`)
      const name = header.slice(0, 16).replace(/\/?\s*$/, '')
      const size = Number(header.slice(48, 58))
      if (!Number.isSafeInteger(size) || size < 0) throw damaged(path, 'a member has no size')
      if (name === prefix || name.startsWith(`${prefix}.`))
        return await decompressed(name, content(reader, size, path))
      // Members start at even offsets.
      await reader.skip(size + (size % 2))
    }
  } catch (error) {
    await reader.close()
    throw error
  }
}

async function* content(reader: ByteReader, size: number, path: string): AsyncGenerator<Uint8Array> {
  try {
    for (let left = size; left > 0; ) {
      const part = await reader.some(left)
      if (part === undefined) throw damaged(path, 'it is cut short')
      left -= part.length
      yield part
    }
  } finally {
    await reader.close()
  }
}
