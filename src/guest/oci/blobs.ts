/** Content-addressed files, `blobs/sha256/HEX` (OCI image layout). An existing file is complete. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import type { Descriptor, Digest } from './types.ts'

export interface WrittenBlob {
  digest: Digest
  size: number
}

export const isDigest = (value: string): value is Digest => /^sha256:[0-9a-f]{64}$/.test(value)

export const sha256 = (bytes: Uint8Array): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Limit for an index, manifest or configuration. */
export const maxListBytes: number = 4 * 2 ** 20

export class Blobs {
  readonly #dir: string

  constructor(layoutDir: string) {
    this.#dir = join(layoutDir, 'blobs', 'sha256')
  }

  /** Descriptors come from archives; an unchecked digest could be a host path. */
  path(digest: Digest): string {
    if (!isDigest(digest)) throw new DesktopError('oci/corrupt', `"${String(digest)}" is not a digest`)
    return join(this.#dir, digest.slice('sha256:'.length))
  }

  /** The temporary file is renamed only when completely written and synced; `expected` is checked first. */
  async write(chunks: AsyncIterable<Uint8Array>, expected?: Digest): Promise<WrittenBlob> {
    await mkdir(this.#dir, { recursive: true })
    const temp = join(this.#dir, `.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
    const hash = createHash('sha256')
    let size = 0
    try {
      const file = await open(temp, 'wx', 0o644)
      try {
        for await (const chunk of chunks) {
          hash.update(chunk)
          size += chunk.length
          for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
        }
        await file.sync()
      } finally {
        await file.close()
      }
      const digest: Digest = `sha256:${hash.digest('hex')}`
      if (expected !== undefined && digest !== expected) {
        throw new DesktopError('oci/corrupt', `blob ${expected} has the content of ${digest}`)
      }
      await rename(temp, this.path(digest))
      return { digest, size }
    } catch (error) {
      await rm(temp, { force: true })
      throw error
    }
  }

  /** Marks a blob as in use, so that a concurrent prune keeps it. Returns false if it does not exist. */
  async touch({ digest, size }: WrittenBlob): Promise<boolean> {
    try {
      if ((await stat(this.path(digest))).size !== size) return false
      const now = new Date()
      await utimes(this.path(digest), now, now)
      return true
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    }
  }

  /** Reads a small blob and verifies its digest. */
  async read(descriptor: Descriptor): Promise<Buffer> {
    const path = this.path(descriptor.digest)
    let bytes: Buffer
    try {
      const { size } = await stat(path)
      if (size > maxListBytes)
        throw new DesktopError(
          'oci/too-large',
          `${descriptor.digest} is too large for an index or a configuration: ${size} bytes`,
        )
      bytes = await readFile(path)
    } catch (error) {
      throw unreadable(descriptor.digest, error)
    }
    if (sha256(bytes) !== descriptor.digest) throw corrupt(descriptor.digest)
    return bytes
  }

  async *stream(digest: Digest): AsyncGenerator<Buffer> {
    try {
      yield* createReadStream(this.path(digest), { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
    } catch (error) {
      throw unreadable(digest, error)
    }
  }

  /** Removes blobs that are not in `keep` and were not written or touched for `graceMs`. Returns the bytes freed. */
  async prune(keep: ReadonlySet<string>, graceMs: number): Promise<number> {
    let freed = 0
    for (const name of await readdir(this.#dir).catch(() => [])) {
      if (keep.has(`sha256:${name}`)) continue
      const path = join(this.#dir, name)
      const found = await stat(path).catch(() => undefined)
      if (found === undefined || Date.now() - found.mtimeMs < graceMs) continue
      await rm(path, { force: true })
      freed += found.size
    }
    return freed
  }
}

export function corrupt(digest: Digest, cause?: unknown): DesktopError {
  return new DesktopError('oci/corrupt', `blob ${digest} of the image store is damaged`, { cause })
}

function unreadable(digest: Digest, error: unknown): unknown {
  if (systemCode(error) !== 'ENOENT') return error
  return new DesktopError('oci/corrupt', `blob ${digest} of the image store is missing`)
}
