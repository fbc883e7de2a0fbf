/** A layer in the store: written once, verified and indexed on first use, then read in slices. */
import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGunzip, createGzip, createZstdDecompress } from 'node:zlib'
import { DesktopError } from '../../errors/desktop-error.ts'
import { ByteReader } from '../archive/byte-reader.ts'
import type { ByteCursor, ByteSource, Entry } from '../archive/entry.ts'
import { readTar } from '../archive/tar-read.ts'
import { tarChunks } from '../archive/tar-write.ts'
import { type Blobs, corrupt } from './blobs.ts'
import type { Descriptor, Digest, LayerInput } from './types.ts'

const gzipLayer = 'application/vnd.oci.image.layer.v1.tar+gzip'

async function* hashed<T extends Uint8Array>(chunks: AsyncIterable<T>, hash: Hash): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/** Guests are unpacked to memory at boot; a larger layer is a decompression bomb. */
const maxLayerBytes = 16 * 2 ** 30

/** Throws `oci/too-large` beyond `most` bytes. */
export async function* bounded<T extends Uint8Array>(
  chunks: AsyncIterable<T>,
  most: number = maxLayerBytes,
): AsyncGenerator<T> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > most) throw new DesktopError('oci/too-large', `a layer unpacks to more than ${most} bytes`)
    yield chunk
  }
}

/**
 * Upstream accepts only gzip layers. Level 1: layers are read once per build on the same host, so write time matters
 * more than size.
 */
export async function writeLayer(
  blobs: Blobs,
  input: LayerInput,
): Promise<{ descriptor: Descriptor; diffId: Digest }> {
  const hash = createHash('sha256')
  const tar = 'tar' in input ? input.tar : tarChunks(input.entries)
  const source = Readable.from(hashed(tar, hash), { objectMode: false, highWaterMark: 1024 * 1024 })
  const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 })
  source.on('error', (error) => gzip.destroy(error))
  const blob = await blobs.write(source.pipe(gzip) as AsyncIterable<Buffer>)
  return { descriptor: { mediaType: gzipLayer, ...blob }, diffId: `sha256:${hash.digest('hex')}` }
}

/** An uncompressed layer as a source of slices. */
export class LayerSource implements ByteSource {
  readonly #blobs: Blobs
  readonly #descriptor: Descriptor

  constructor(blobs: Blobs, descriptor: Descriptor) {
    this.#blobs = blobs
    this.#descriptor = descriptor
  }

  /** All entries, with contents as slices. Reads the whole layer and verifies both digests first. */
  async index(diffId: Digest): Promise<Entry[]> {
    const blobHash = createHash('sha256')
    const tarHash = createHash('sha256')
    const unpacked = this.#uncompressed(hashed(this.#blobs.stream(this.#descriptor.digest), blobHash))
    const tar = hashed(bounded(unpacked), tarHash)
    const drained = new Drained(tar)
    try {
      const entries: Entry[] = []
      for await (const entry of readTar(drained, { source: this })) entries.push(entry)
      await drained.drain()
      if (`sha256:${blobHash.digest('hex')}` !== this.#descriptor.digest)
        throw corrupt(this.#descriptor.digest)
      if (`sha256:${tarHash.digest('hex')}` !== diffId) throw corrupt(diffId)
      return entries
    } catch (error) {
      // A damaged blob may fail as invalid gzip or tar before its digest is verified.
      if (error instanceof DesktopError && ['oci/corrupt', 'oci/too-large'].includes(error.code)) throw error
      throw corrupt(this.#descriptor.digest, error)
    }
  }

  open(): ByteCursor {
    return new LayerCursor(
      () => this.#uncompressed(this.#blobs.stream(this.#descriptor.digest)),
      this.#descriptor,
    )
  }

  #uncompressed(blob: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const { mediaType } = this.#descriptor
    const options = { chunkSize: 256 * 1024 }
    if (/[+.]gzip$/.test(mediaType)) return through(blob, createGunzip(options))
    if (/[+.]zstd$/.test(mediaType)) return through(blob, createZstdDecompress(options))
    if (mediaType.endsWith('.tar')) return blob
    throw new DesktopError('oci/bad-archive', `a layer has the unknown media type ${mediaType}`)
  }
}

function through(
  blob: AsyncIterable<Uint8Array>,
  transform: NodeJS.ReadWriteStream,
): AsyncIterable<Uint8Array> {
  const source = Readable.from(blob, { objectMode: false, highWaterMark: 1024 * 1024 })
  const sink = transform as NodeJS.ReadWriteStream & { destroy(error: Error): void }
  source.on('error', (error) => sink.destroy(error))
  return source.pipe(sink) as unknown as AsyncIterable<Uint8Array>
}

/** A stream whose reader may stop early (tar has padding at its end); the rest is read for the digest. */
class Drained implements AsyncIterable<Uint8Array> {
  readonly #iterator: AsyncIterator<Uint8Array>

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#iterator.next() }
  }

  async drain(): Promise<void> {
    while ((await this.#iterator.next()).done !== true);
  }
}

class LayerCursor implements ByteCursor {
  readonly #restart: () => AsyncIterable<Uint8Array>
  readonly #descriptor: Descriptor
  #reader: ByteReader | undefined

  constructor(restart: () => AsyncIterable<Uint8Array>, descriptor: Descriptor) {
    this.#restart = restart
    this.#descriptor = descriptor
  }

  async *read(offset: number, size: number): AsyncGenerator<Uint8Array> {
    if (this.#reader !== undefined && this.#reader.position > offset) await this[Symbol.asyncDispose]()
    this.#reader ??= new ByteReader(this.#restart())
    await this.#reader.skip(offset - this.#reader.position)
    for (let left = size; left > 0; ) {
      const part = await this.#reader.some(left)
      if (part === undefined) throw corrupt(this.#descriptor.digest)
      left -= part.length
      yield part
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
  }
}
