/**
 * Exports and imports an image layout as one tar, compatible with `linuxkit cache import`, `docker save` and `skopeo`.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import { ByteReader } from '../archive/byte-reader.ts'
import {
  type ByteCursor,
  type ByteSource,
  bytesOf,
  type Content,
  ContentReader,
  type Entry,
  sizeOf,
} from '../archive/entry.ts'
import { readTar } from '../archive/tar-read.ts'
import { tarChunks } from '../archive/tar-write.ts'
import { type Blobs, isDigest, maxListBytes } from './blobs.ts'
import { layoutMarker, named, nameOf, parseIndex } from './layout-index.ts'
import { hostDescriptor } from './manifests.ts'
import { parseReference, storedName } from './reference.ts'
import type { Descriptor, Digest } from './types.ts'

export interface ImportOptions {
  /** A new name for the archive's only image. */
  as?: string
  /** Expected digest of that image: the archive may have been replaced, or contain two lists. */
  digest?: Digest
  /** Names that the archive must contain, and no others. */
  names?: readonly string[]
  /** Receives the contents of each name before they are stored; throws to reject them. */
  check?: (contents: ReadonlyMap<string, Digest>) => Promise<void>
  /** Re-readable source of the same bytes: blobs are then not held in memory. */
  source?: ByteSource
}

/** Stores all blobs, with verified digests, and returns the named descriptors of the index. */
export async function importLayout(
  blobs: Blobs,
  bytes: AsyncIterable<Uint8Array>,
  { as, digest: wanted, source }: ImportOptions = {},
): Promise<Descriptor[]> {
  let index: string | undefined
  await using reader = new ContentReader()
  for await (const entry of readTar(bytes, source === undefined ? {} : { source })) {
    if (entry.type !== 'file') continue
    if (entry.path === 'index.json') {
      if (index !== undefined) throw new DesktopError('oci/bad-archive', 'the archive has index.json twice')
      if (sizeOf(entry.content) > maxListBytes)
        throw new DesktopError('oci/too-large', 'index.json of the archive is not an image index')
      index = Buffer.from(await bytesOf(entry.content)).toString('utf8')
    }
    const digest = entry.path.replace(/^blobs\/sha256\//, 'sha256:')
    if (digest !== entry.path && isDigest(digest)) await blobs.write(reader.read(entry.content), digest)
  }
  if (index === undefined) {
    throw new DesktopError('oci/bad-archive', 'the archive has no index.json: it is not an OCI image layout')
  }
  const { manifests } = parseIndex(index, 'index.json of the archive')
  // An archive made for one image has this host's variant, and possibly no other.
  const [first] = manifests
  if (wanted !== undefined && manifests.some(({ digest }) => digest !== wanted))
    throw new DesktopError('oci/bad-archive', `the images in the archive are not ${wanted}`)
  const one = as !== undefined && first !== undefined ? [await hostDescriptor(blobs, first)] : manifests
  return one.flatMap((descriptor) => {
    const reference = parseReference(as ?? nameOf(descriptor) ?? '')
    return reference === undefined ? [] : [named(descriptor, storedName(reference))]
  })
}

/** Names without `./`, and no directories: upstream accepts nothing else. */
export function exportLayout(
  blobs: Blobs,
  manifests: readonly Descriptor[],
  reachable: readonly Descriptor[],
): AsyncGenerator<Uint8Array> {
  const file = (path: string, content: Content): Entry => ({
    type: 'file',
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    content,
  })
  const sizes = new Map(reachable.map(({ digest, size }) => [digest, size]))
  return tarChunks([
    file('oci-layout', Buffer.from(layoutMarker)),
    file('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))),
    ...[...sizes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([digest, size]) =>
        file(`blobs/sha256/${digest.slice('sha256:'.length)}`, blobContent(blobs, digest, size)),
      ),
  ])
}

/** A stored blob, read in one pass. */
export function blobContent(blobs: Blobs, digest: Digest, size: number): Content {
  return { source: { open: () => blobCursor(blobs, digest) }, offset: 0, size }
}

function blobCursor(blobs: Blobs, digest: Digest): ByteCursor {
  const reader = new ByteReader(blobs.stream(digest))
  return {
    async *read(_offset, size) {
      for (let left = size; left > 0; ) {
        const part = await reader.some(left)
        if (part === undefined) throw new DesktopError('oci/corrupt', `blob ${digest} is truncated`)
        left -= part.length
        yield part
      }
    },
    [Symbol.asyncDispose]: () => reader.close(),
  }
}
