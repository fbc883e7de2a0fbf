/** Decompression of Debian archives, by file extension. */
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { DesktopError } from '../../errors/desktop-error.ts'

/** Decompressed content of `name`: `.xz`, `.zst`, `.gz`, or an uncompressed `.tar`. */
export async function decompressed(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  const extension = /\.(xz|zst|gz|tar)$/.exec(name)?.[1]
  switch (extension) {
    case 'xz':
      return await unxz(bytes)
    case 'zst':
      return through(bytes, createZstdDecompress())
    case 'gz':
      return through(bytes, createGunzip())
    case 'tar':
      return bytes
    default:
      throw new DesktopError('guest/build-failed', `${name} has an unknown compression`)
  }
}

/** The reader gets errors of both streams. */
function through(bytes: AsyncIterable<Uint8Array>, unpack: Transform): Transform {
  return pipeline(Readable.from(bytes), unpack, () => {})
}

/** Decompresses concatenated .xz streams. */
async function unxz(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { default: xz } = await import('xz-decompress')
  return new xz.XzReadableStream(Readable.toWeb(Readable.from(bytes)))
}
