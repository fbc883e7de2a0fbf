/** An OCI layout of a pull request has the content that its digests claim, and names no file of the host. */
import { stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Entry } from '../../src/guest/archive/entry.ts'
import { archiveName, importArchive } from '../../src/guest/oci/archive.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import {
  archive,
  bring,
  code,
  file,
  honest,
  layerTar,
  paxPath,
  raw,
  root,
  sha,
  store,
  tar,
} from '../support/guest/hostile-archive.ts'

returnsToBaseline()

/** An OCI layout as a tar: `blobs` by their digest, and an index. */
async function layout(manifests: unknown, blobs: readonly (string | Uint8Array)[]): Promise<Entry[]> {
  return [
    file('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    file('index.json', JSON.stringify({ schemaVersion: 2, manifests })),
    ...blobs.map((blob) => file(`blobs/sha256/${sha(blob)}`, blob)),
  ]
}
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const describe = (blob: string | Uint8Array, mediaType = manifestType) => ({
  mediaType,
  digest: `sha256:${sha(blob)}`,
  size: Buffer.byteLength(blob),
})

async function parts(hello = honest.hello) {
  const layer = gzipSync(await layerTar(hello))
  const config = JSON.stringify({
    ...{ os: 'linux', architecture: 'amd64', config: {} },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(await layerTar(hello))}`] },
  })
  const gzip = 'application/vnd.oci.image.layer.v1.tar+gzip'
  const manifest = { schemaVersion: 2, config: describe(config), layers: [describe(layer, gzip)] }
  return { layer, config, manifest }
}

test.each(['config', 'layer'] as const)(
  'a %s whose digest is a path of the host is refused, unread and untouched',
  async (which) => {
    const secret = join(root, 'secret')
    await writeFile(secret, 'key')
    const long = new Date(0)
    await utimes(secret, long, long)
    const { layer, config, manifest } = await parts()
    const path = { mediaType: 'x.tar', digest: `sha256:../../../secret`, size: 3 }
    const forged = which === 'config' ? { ...manifest, config: path } : { ...manifest, layers: [path] }
    const text = JSON.stringify(forged)
    const entries = await layout([describe(text)], [layer, config, text])
    expect(await bring(await archive(await tar(entries)))).toBe('oci/corrupt')
    expect((await stat(secret)).mtimeMs).toBe(0)
    expect(await store.list()).toEqual([])
  },
)

test.each<[string, unknown]>([
  ['that is a path', [{ mediaType: manifestType, digest: 'sha256:../../../secret', size: 3 }]],
  ['of another kind', [{ mediaType: manifestType, digest: `sha512:${'0'.repeat(128)}`, size: 3 }]],
  ['in capitals', [{ mediaType: manifestType, digest: `sha256:${'A'.repeat(64)}`, size: 3 }]],
  ['that is a number', [{ mediaType: manifestType, digest: 7, size: 3 }]],
  ['of nothing', [null]],
  ['of a blob that is not there', [{ mediaType: manifestType, digest: `sha256:${'0'.repeat(64)}`, size: 3 }]],
])('an index with a digest %s is refused', async (_what, manifests) => {
  expect(await bring(await archive(await tar(await layout(manifests, []))))).toMatch(/^oci\//)
  expect(await store.list()).toEqual([])
})

test.each(['manifest', 'config', 'layer'] as const)(
  'a %s with other content than its digest is refused',
  async (which) => {
    const { layer, config, manifest } = await parts()
    const text = JSON.stringify(manifest)
    const evil = { manifest: text, config, layer }
    const entries = await layout([describe(text)], [layer, config, text])
    const forged = entries.map((entry) =>
      entry.path === `blobs/sha256/${sha(evil[which])}` ? file(entry.path, 'evil') : entry,
    )
    expect(await bring(await archive(await tar(forged)))).toBe('oci/corrupt')
  },
)

test('a layer that is not what the configuration says is refused when it is read', async () => {
  const { layer, config, manifest } = await parts()
  const evil = gzipSync(await layerTar('evil'))
  const text = JSON.stringify({
    ...manifest,
    layers: [{ ...manifest.layers[0]!, ...describe(evil, manifest.layers[0]!.mediaType) }],
  })
  const path = await archive(await tar(await layout([describe(text)], [layer, evil, config, text])))
  const name = await archiveName(path)
  await importArchive(store, path, name)
  expect(await code(store.read(name))).toBe('oci/corrupt')
})

test('an index that comes twice is refused', async () => {
  const { layer, config, manifest } = await parts()
  const text = JSON.stringify(manifest)
  const entries = await layout([describe(text)], [layer, config, text])
  expect(await bring(await archive(await tar([...entries, entries[1]!])))).toBe('oci/bad-archive')
})

test('an index that only a reader of extended headers sees is refused', async () => {
  const { layer, config, manifest } = await parts()
  const text = JSON.stringify(manifest)
  const other = await parts('evil')
  const evil = JSON.stringify(other.manifest)
  const seen = JSON.stringify({ schemaVersion: 2, manifests: [describe(text)] })
  const used = JSON.stringify({ schemaVersion: 2, manifests: [describe(evil)] })
  const blobs = [layer, config, text, other.layer, other.config, evil]
  const whole = await tar(blobs.map((blob) => file(`blobs/sha256/${sha(blob)}`, blob)))
  const bytes = Buffer.concat([
    whole.subarray(0, whole.length - 1024),
    ...[paxPath('not-the-index'), raw('index.json', Buffer.from(seen))],
    ...[paxPath('index.json'), raw('x', Buffer.from(used)), Buffer.alloc(1024)],
  ])
  expect(await bring(await archive(bytes))).toBe('oci/bad-archive')
  expect(await store.list()).toEqual([])
})

test('lists of lists that name each other a thousandfold are refused, not followed', async () => {
  const { layer, config, manifest } = await parts()
  let text = JSON.stringify(manifest)
  const blobs: (string | Uint8Array)[] = [layer, config, text]
  let type = manifestType
  for (let level = 0; level < 20; level += 1) {
    const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
    text = JSON.stringify({
      schemaVersion: 2,
      manifests: Array(1000).fill({ ...describe(text, type), platform }),
    })
    type = indexType
    blobs.push(text)
  }
  const other = openStore(join(root, 'other'))
  const whole = await tar(
    await layout(
      [{ ...describe(text, type), annotations: { 'io.containerd.image.name': 'docker.io/library/x:1' } }],
      blobs,
    ),
  )
  const import1 = other.importTar(
    (async function* () {
      yield whole
    })(),
  )
  expect(await code(import1)).toBe('oci/too-large')
})

test('a list of more blobs than any image has is refused', async () => {
  const manifests = Array.from({ length: 10_001 }, (_, i) => describe(`${i}`, indexType))
  const text = JSON.stringify({ schemaVersion: 2, manifests })
  const entries = await layout(
    [{ ...describe(text, indexType), annotations: { 'io.containerd.image.name': 'x' } }],
    [text],
  )
  const bytes = await tar(entries)
  expect(
    await code(
      store.importTar(
        (async function* () {
          yield bytes
        })(),
      ),
    ),
  ).toBe('oci/too-large')
})

test('a configuration of 5 MiB is refused unread', async () => {
  const { layer, manifest } = await parts()
  const config = JSON.stringify('x'.repeat(5 * 2 ** 20))
  const text = JSON.stringify({ ...manifest, config: describe(config) })
  const path = await archive(await tar(await layout([describe(text)], [layer, config, text])))
  expect(await bring(path)).toBe('oci/too-large')
  expect(await store.list()).toEqual([])
})
