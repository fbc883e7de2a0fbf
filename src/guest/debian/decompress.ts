/** The compressions of Debian archives by the end of the file's name. */
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { DesktopError } from '../../errors/desktop-error.ts'

/** Bytes of `name` unpacked: `.xz`, `.zst`, `.gz`, or as they are for a `.tar`. */
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

/** An error on either side is seen by the reader. */
function through(bytes: AsyncIterable<Uint8Array>, unpack: Transform): Transform {
  return pipeline(Readable.from(bytes), unpack, () => {})
}

/** Any number of .xz streams, one after another. */
async function unxz(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { default: xz } = await import('xz-decompress')
  return new xz.XzReadableStream(Readable.toWeb(Readable.from(bytes)))
}
