/** An image archive of a pull request has the content that its names and digests claim, and costs no more than it may. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Entry } from '../../src/guest/archive/entry.ts'
import { emitPax } from '../../src/guest/archive/pax.ts'
import { blockBytes, emitHeader } from '../../src/guest/archive/tar-header.ts'
import { readTar } from '../../src/guest/archive/tar-read.ts'
import { tarChunks } from '../../src/guest/archive/tar-write.ts'
import { archiveName, importArchive } from '../../src/guest/oci/archive.ts'
import { bounded } from '../../src/guest/oci/layer.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import type { Store } from '../../src/guest/oci/store.ts'
import { unpackFiles } from '../../src/guest/pack.ts'

let root: string
let store: Store
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-'))
  store = openStore(join(root, 'store'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0 }
const file = (path: string, content: string | Uint8Array): Entry => ({
  type: 'file',
  path,
  ...common,
  content: Buffer.from(content),
})

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tarChunks(entries)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function archive(bytes: Uint8Array): Promise<string> {
  const path = join(root, 'image.tar')
  await writeFile(path, bytes)
  return path
}

/** One member with a header of our own making. */
function raw(name: string, data: Uint8Array, type = '0', size = data.length): Buffer {
  const header = emitHeader({ name, type, size, link: '', major: 0, minor: 0, ...common })
  return Buffer.concat([header, data, Buffer.alloc(-data.length & (blockBytes - 1))])
}
const paxPath = (path: string): Buffer => raw('pax', emitPax(new Map([['path', Buffer.from(path)]])), 'x')

async function code(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'taken',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
}

/** By the two steps of a build: the name, which is part of the image's digest, and the content. */
async function bring(path: string): Promise<string> {
  return await code(archiveName(path).then((name) => importArchive(store, path, name)))
}

const honest = { hello: 'hello' }

async function layerTar(hello: string): Promise<Buffer> {
  return await tar([file('hello', hello)])
}

/** `docker save` before 25: the names of its members are whatever the archive says. */
async function docker({
  hello = honest.hello,
  claims = hello,
  configName = 'config.json',
  change = (configuration: Record<string, unknown>): unknown => configuration,
}: {
  hello?: string
  claims?: string
  configName?: string
  change?: (configuration: Record<string, unknown>) => unknown
} = {}): Promise<Entry[]> {
  const configuration = {
    ...{ os: 'linux', architecture: 'amd64', config: { Cmd: ['/hello'] } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(await layerTar(claims))}`] },
  }
  return [
    file('a/layer.tar', await layerTar(hello)),
    file(configName, JSON.stringify(change(configuration))),
    file('manifest.json', JSON.stringify([{ Config: configName, Layers: ['a/layer.tar'] }])),
  ]
}

test('an honest archive of docker is taken, and its name is one of its content', async () => {
  const path = await archive(await tar(await docker()))
  const name = await archiveName(path)
  expect(await bring(path)).toBe('taken')
  expect(await archiveName(await archive(await tar(await docker())))).toBe(name)
  const other = await docker({ hello: 'evil' })
  expect(await archiveName(await archive(await tar(other)))).not.toBe(name)
})

test('a layer with other content than the configuration claims is refused, and no image is left', async () => {
  const claimed = await archiveName(await archive(await tar(await docker())))
  const path = await archive(await tar(await docker({ hello: 'evil', claims: honest.hello })))
  expect(await archiveName(path)).toBe(claimed)
  expect(await bring(path)).toBe('oci/corrupt')
  expect(await store.list()).toEqual([])
})

test('an archive that became another one since it was named is refused', async () => {
  const path = await archive(await tar(await docker()))
  const name = await archiveName(path)
  await archive(await tar(await docker({ hello: 'evil' })))
  expect(await code(importArchive(store, path, name))).toBe('guest/source-changed')
})

test.each<[string, (configuration: Record<string, unknown>) => unknown]>([
  ['no layers', (one) => ({ ...one, rootfs: { type: 'layers', diff_ids: [] } })],
  ['no list of layers', (one) => ({ ...one, rootfs: {} })],
  ['more layers', (one) => ({ ...one, rootfs: { diff_ids: ['sha256:0', 'sha256:1'] } })],
  ['a digest that is none', (one) => ({ ...one, rootfs: { diff_ids: ['sha256:../../etc/passwd'] } })],
  ['layers that are a text', (one) => ({ ...one, rootfs: { diff_ids: 'x' } })],
])('a configuration with %s is refused', async (_what, change) => {
  expect(await bring(await archive(await tar(await docker({ change }))))).toMatch(/^oci\//)
  expect(await store.list()).toEqual([])
})

test.each<[string, unknown]>([
  ['null', null],
  ['no image', []],
  ['two images', [{}, {}]],
  ['an image that is null', [null]],
  ['a configuration that is a map', [{ Config: {}, Layers: [] }]],
  ['layers that are no list', [{ Config: 'config.json', Layers: 'a/layer.tar' }]],
  ['layers that are maps', [{ Config: 'config.json', Layers: [{}] }]],
  ['a thousand and one layers', [{ Config: 'config.json', Layers: Array(1001).fill('a/layer.tar') }]],
  ['a configuration above the archive', [{ Config: '../config.json', Layers: [] }]],
  ['a layer that is not there', [{ Config: 'config.json', Layers: ['b/layer.tar'] }]],
])('a manifest.json with %s is refused', async (_what, manifest) => {
  const entries = (await docker()).slice(0, -1)
  const path = await archive(await tar([...entries, file('manifest.json', JSON.stringify(manifest))]))
  expect(await bring(path)).toBe('oci/bad-archive')
  expect(await store.list()).toEqual([])
})

test('a configuration that only a reader of extended headers sees is refused', async () => {
  const entries = await docker()
  const evil = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } }))
  const whole = await tar(entries)
  // Its plain name is another one; the extended header says config.json.
  const bytes = Buffer.concat([
    whole.subarray(0, whole.length - 1024),
    paxPath('config.json'),
    raw('other', evil),
    Buffer.alloc(1024),
  ])
  expect(await bring(await archive(bytes))).toBe('oci/bad-archive')
})

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

async function entriesOf(bytes: AsyncIterable<Uint8Array>, options = {}): Promise<number> {
  let count = 0
  for await (const _ of readTar(bytes, options)) count += 1
  return count
}

test.each(['x', 'g', 'L', 'K'])(
  'an extended header of type %s that claims gigabytes is refused before it is read',
  async (type) => {
    const bytes = raw('pax', Buffer.alloc(0), type, 3 * 2 ** 30)
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytes
      for (;;) yield Buffer.alloc(2 ** 20)
    }
    expect(await code(entriesOf(endless()))).toBe('oci/too-large')
  },
)

test('a file of gigabytes is not held in memory', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield raw('big', Buffer.alloc(0), '0', 5 * 2 ** 30)
    for (;;) yield Buffer.alloc(2 ** 20)
  }
  expect(await code(entriesOf(endless()))).toBe('oci/too-large')
})

test('more entries than the bound are refused', async () => {
  async function* many(): AsyncGenerator<Uint8Array> {
    const one = raw('a', Buffer.alloc(0))
    for (;;) yield one
  }
  expect(await code(entriesOf(many(), { entries: 5000 }))).toBe('oci/too-large')
})

test('bytes that unpack without end are cut off at the bound', async () => {
  let taken = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(2 ** 16)
  }
  const read = async (): Promise<void> => {
    for await (const chunk of bounded(endless(), 2 ** 20)) taken += chunk.length
  }
  expect(await code(read())).toBe('oci/too-large')
  expect(taken).toBe(2 ** 20)
})

test('a file that claims a size beyond the end of the archive is refused, and the file is not filled', async () => {
  const path = await archive(raw('kernel', Buffer.alloc(0), '0', 2 ** 30))
  await truncate(path, 4096)
  expect(await code(unpackFiles(path, root, ['kernel']))).toBe('oci/bad-archive')
  expect((await readdir(root)).includes('kernel')).toBe(false)
})

test.each(['1', '2', '3', '4', '5', '6'])(
  'an entry of type %s in an exported image is refused',
  async (type) => {
    const header = emitHeader({
      name: 'kernel',
      type,
      size: 0,
      link: '/etc/passwd',
      major: 1,
      minor: 3,
      ...common,
    })
    const path = await archive(Buffer.concat([header, Buffer.alloc(1024)]))
    expect(await code(unpackFiles(path, root, ['kernel']))).toContain('unexpected kernel')
    expect((await readdir(root)).includes('kernel')).toBe(false)
  },
)
