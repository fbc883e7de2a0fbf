/** A bundle brings the components of its image and nothing else, and none that claims the name of another's content. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf } from '../../src/guest/archive/entry.ts'
import { findIntactImage } from '../../src/guest/built.ts'
import { exportBundle } from '../../src/guest/bundle.ts'
import { componentImage } from '../../src/guest/debian/images.ts'
import { buildRules, cachedLock, imageDigest } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { importGuest } from '../../src/guest/transfer.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: ['desktop/init', 'desktop/runc'].map((name, i) => ({
    name,
    packages: [{ name: `p${i}`, version: '1', sha256: `${i}`.padStart(64, '0'), sizeBytes: 1 }],
  })),
}
const [init, runc] = lock.components.map((one) => componentImage(one, buildRules())) as [string, string]
const digest = imageDigest(lock, 'init: []\n')

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bundles-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function cacheOf(name: string): CachePaths {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}

async function add(cache: CachePaths, name: string, text: string, cmd = '/init'): Promise<void> {
  const entry = { type: 'file', path: 'init', mode: 0o755, uid: 0, gid: 0, mtime: 0 } as const
  const layers = [{ entries: [{ ...entry, content: Buffer.from(text) }] }]
  await openStore(cache.ociDir).add({ name, layers, config: { Cmd: [cmd] } })
}

/** A bundle made on a machine whose components are what `change` makes of the honest ones. */
async function bundle(
  from: string,
  change: (cache: CachePaths) => Promise<void> = async () => {},
): Promise<{ file: string; content: string }> {
  const cache = cacheOf(from)
  await add(cache, init, 'init')
  await add(cache, runc, 'runc')
  await change(cache)
  await stageImage(cache, async (staged) => {
    for (const name of ['kernel', 'initrd', 'root.squashfs']) await writeFile(join(staged, name), `${name}!`)
    const files = await describeFiles(staged)
    await publishImage(cache, staged, { formatVersion: 1, digest, cmdline: 'quiet', ...lock, files })
  })
  const file = join(dir, `${from}.bundle`)
  return { file, content: (await exportBundle(cache, digest, file)).content }
}

async function textOf(cache: CachePaths, name: string): Promise<string> {
  const [entry] = (await openStore(cache.ociDir).read(name)).entries
  return entry?.type === 'file' ? Buffer.from(await bytesOf(entry.content)).toString() : ''
}

const otherContent = [
  ['other files', (cache: CachePaths) => add(cache, init, 'evil')],
  ['another program to start', (cache: CachePaths) => add(cache, init, 'init', '/evil')],
] as const

test.each(otherContent)(
  'a component with %s under a known name is refused, and the known one stays',
  async (_what, change) => {
    const honest = await bundle('honest')
    const evil = await bundle('evil', change)
    const cache = cacheOf('target')
    await importGuest(cache, honest.file)
    await expect(importGuest(cache, evil.file)).rejects.toMatchObject({ code: 'guest/content-differs' })
    expect(await textOf(cache, init)).toBe('init')
  },
)

test.each(otherContent)(
  'a bundle with %s than the content that is asked for is refused, and leaves nothing',
  async (_what, change) => {
    const { content } = await bundle('honest')
    const evil = await bundle('evil', change)
    expect(evil.content).not.toBe(content)
    const cache = cacheOf('fresh')
    await expect(importGuest(cache, evil.file, { content })).rejects.toMatchObject({
      code: 'guest/content-differs',
    })
    expect(await findIntactImage(cache, digest)).toBeUndefined()
    expect(await cachedLock(cache)).toBeUndefined()
    expect(await openStore(cache.ociDir).list()).toEqual([])
  },
)

test('the content of the image alone does not vouch for a bundle', async () => {
  const { file } = await bundle('honest')
  const { content } = await importGuest(cacheOf('first'), file)
  await expect(
    importGuest(cacheOf('second'), file, { content: `sha256:${'0'.repeat(64)}` }),
  ).rejects.toMatchObject({
    code: 'guest/content-differs',
  })
  expect((await importGuest(cacheOf('second'), file, { content })).content).toBe(content)
})

test('the same bundle is taken twice', async () => {
  const { file, content } = await bundle('honest')
  const cache = cacheOf('target')
  await importGuest(cache, file, { content })
  expect((await importGuest(cache, file, { content })).content).toBe(content)
  expect(await textOf(cache, runc)).toBe('runc')
})

test.each([
  ['a name besides', [init]],
  ['a name that lacks', [init, runc, 'desktop/x:1']],
])('an archive with %s is refused, and no name is given', async (_what, names) => {
  const from = cacheOf('from')
  await add(from, init, 'init')
  await add(from, runc, 'runc')
  const target = openStore(cacheOf('target').ociDir)
  const brought = target.importTar(openStore(from.ociDir).exportTar(), { names })
  await expect(brought).rejects.toMatchObject({ code: 'oci/bad-archive' })
  expect(await target.list()).toEqual([])
})

test('a component that is damaged here is imported again', async () => {
  const { file } = await bundle('honest')
  const cache = cacheOf('target')
  await importGuest(cache, file)
  const store = openStore(cache.ociDir)
  const { manifest } = await store.inspect(init)
  await rm(join(cache.ociDir, 'blobs', 'sha256', manifest.layers[0]!.digest.slice('sha256:'.length)))
  await importGuest(cache, file)
  expect(await textOf(cache, init)).toBe('init')
})
