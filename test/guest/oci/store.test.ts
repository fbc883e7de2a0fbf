import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { readTar } from '../../../src/guest/archive/tar-read.ts'
import { tarChunks } from '../../../src/guest/archive/tar-write.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'

const common = { uid: 0, gid: 0, mtime: 0 }
const dir = (path: string): Entry => ({ type: 'directory', path, mode: 0o755, ...common })
const file = (path: string, text = path): Entry => {
  return { type: 'file', path, mode: 0o644, content: Buffer.from(text), ...common }
}

let root: string
let store: Store
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'desktop-store-'))
  store = openStore(root)
})
afterEach(() => rm(root, { recursive: true, force: true }))

const blobs = (): string => join(root, 'blobs', 'sha256')
const hexOf = (digest: string): string => digest.replace('sha256:', '')

async function contents(name: string, from: Store = store): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of (await from.read(name)).entries) {
    if (entry.type === 'file') found[entry.path] = Buffer.from(await bytesOf(entry.content)).toString()
  }
  return found
}

test.each([
  ['app', 'docker.io/library/app:latest'],
  ['app:1', 'docker.io/library/app:1'],
  ['org/app', 'docker.io/org/app:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['host:5000/app', 'host:5000/app:latest'],
  ['host.example/a/b:2', 'host.example/a/b:2'],
  ['docker.io/library/app:1', 'docker.io/library/app:1'],
])('%s is stored as %s and found by either', async (given, full) => {
  const image = await store.add({ name: given, layers: [{ entries: [file('x')] }] })
  expect(image.name).toBe(full)
  expect((await store.find(given))?.digest).toBe(image.digest)
  expect((await store.find(full))?.digest).toBe(image.digest)
  expect((await store.find(`${full.replace(/:[^:/]*$/, '')}@${image.digest}`))?.digest).toBe(image.digest)
})

test.each(['', 'a b', 'a::b', '/a', 'a:', 'a@'])('"%s" cannot name an image', async (name) => {
  await expect(store.add({ name, layers: [] })).rejects.toMatchObject({ code: 'oci/bad-name' })
})

test('every blob has the name of its digest, and layers are gzip of the tar that diff_ids name', async () => {
  await store.add({
    name: 'a',
    layers: [{ entries: [file('x')] }],
    config: { Env: ['A=1'], Labels: { l: 'v' } },
  })
  for (const name of await readdir(blobs())) {
    const digest = createHash('sha256')
      .update(await readFile(join(blobs(), name)))
      .digest('hex')
    expect(digest).toBe(name)
  }
  const { manifest, configuration } = await store.inspect('a')
  const layer = await readFile(join(blobs(), hexOf(manifest.layers[0]!.digest)))
  const diff = createHash('sha256').update(gunzipSync(layer)).digest('hex')
  expect(configuration.rootfs.diff_ids).toEqual([`sha256:${diff}`])
  expect((await store.read('a')).config).toEqual({ Env: ['A=1'], Labels: { l: 'v' } })
})

test('equal content has equal digest, wherever it is stored', async () => {
  const image = { name: 'a', layers: [{ entries: [dir('d'), file('d/x')] }] }
  const here = await store.add(image)
  const there = await openStore(join(root, 'other')).add(image)
  expect(there.digest).toBe(here.digest)
})

test('upper layers hide what they remove or replace', async () => {
  const lower = [dir('gone'), file('gone/x'), file('kept'), file('changed', 'old'), dir('was'), file('was/x')]
  const upper = [file('.wh.gone'), file('changed', 'new'), file('was', 'a file now')]
  await store.add({ name: 'a', layers: [{ entries: lower }, { entries: upper }] })
  expect(await contents('a')).toEqual({ changed: 'new', was: 'a file now', kept: 'kept' })
})

test('a layer may come as a tar stream', async () => {
  await store.add({ name: 'a', layers: [{ tar: tarChunks([file('x', 'streamed')]) }] })
  expect(await contents('a')).toEqual({ x: 'streamed' })
})

test('a layer whose stream fails leaves no image and no blob', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1000)
    throw new Error('the tool died')
  }
  await expect(store.add({ name: 'a', layers: [{ tar: failing() }] })).rejects.toThrow('the tool died')
  expect(await store.find('a')).toBeUndefined()
  expect(await readdir(blobs())).toEqual([])
})

test('a name that is added again means the newer image', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x', 'old')] }] })
  await store.add({ name: 'a', layers: [{ entries: [file('x', 'new')] }] })
  expect(await contents('a')).toEqual({ x: 'new' })
  expect(await store.list()).toHaveLength(1)
})

test('images that are added at once are all there', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `image-${index}`)
  await Promise.all(names.map((name) => openStore(root).add({ name, layers: [{ entries: [file(name)] }] })))
  expect((await store.list()).map(({ name }) => name).sort()).toEqual(
    names.map((name) => `docker.io/library/${name}:latest`).sort(),
  )
})

test('any changed byte of any blob is noticed when the image is read', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x', 'some content')] }] })
  for (const name of await readdir(blobs())) {
    const path = join(blobs(), name)
    const whole = await readFile(path)
    for (const at of [0, Math.floor(whole.length / 2), whole.length - 1]) {
      const damaged = Buffer.from(whole)
      damaged[at] = damaged[at]! ^ 1
      await writeFile(path, damaged)
      await expect(openStore(root).read('a')).rejects.toMatchObject({ code: 'oci/corrupt' })
    }
    await truncate(path, Math.floor(whole.length / 2))
    await expect(openStore(root).read('a')).rejects.toMatchObject({ code: 'oci/corrupt' })
    await rm(path)
    await expect(openStore(root).read('a')).rejects.toMatchObject({ code: 'oci/corrupt' })
    await writeFile(path, whole)
  }
  expect(await contents('a', openStore(root))).toEqual({ x: 'some content' })
})

test('an image that is not there is missing', async () => {
  await expect(store.read('a')).rejects.toMatchObject({ code: 'oci/image-missing' })
})

test('an exported image can be imported, without folder names in it', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x')] }], config: { Cmd: ['/x'] } })
  await store.add({ name: 'b', layers: [{ entries: [file('y')] }] })
  const names: string[] = []
  for await (const entry of readTar(store.exportTar())) names.push(entry.path)
  expect(names.every((name) => /^(index\.json|oci-layout|blobs\/sha256\/[0-9a-f]{64})$/.test(name))).toBe(
    true,
  )
  const other = openStore(join(root, 'other'))
  expect(await other.importTar(store.exportTar())).toEqual([
    'docker.io/library/a:latest',
    'docker.io/library/b:latest',
  ])
  expect(await contents('a', other)).toEqual({ x: 'x' })
  expect((await other.read('a')).config).toEqual({ Cmd: ['/x'] })
})

test('only the images asked for are exported', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x')] }] })
  await store.add({ name: 'b', layers: [{ entries: [file('y')] }] })
  const other = openStore(join(root, 'other'))
  expect(await other.importTar(store.exportTar(['b']))).toEqual(['docker.io/library/b:latest'])
})

test('an archive with a blob that is not what its name says is refused, and brings no name', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x')] }] })
  const entries: Entry[] = []
  for await (const entry of readTar(store.exportTar())) entries.push(entry)
  const forged = entries.map(
    (entry): Entry =>
      entry.type === 'file' && entry.path.startsWith('blobs/')
        ? { ...entry, content: Buffer.from('forged') }
        : entry,
  )
  const other = openStore(join(root, 'other'))
  await expect(other.importTar(tarChunks(forged))).rejects.toMatchObject({ code: 'oci/corrupt' })
  expect(await other.list()).toEqual([])
})

test('an archive that lacks a blob, or the index, is refused', async () => {
  await store.add({ name: 'a', layers: [{ entries: [file('x')] }] })
  const entries: Entry[] = []
  for await (const entry of readTar(store.exportTar())) entries.push(entry)
  const other = openStore(join(root, 'other'))
  await expect(other.importTar(tarChunks(entries.slice(0, -1)))).rejects.toMatchObject({
    code: 'oci/corrupt',
  })
  const headless = entries.filter(({ path }) => path !== 'index.json')
  await expect(other.importTar(tarChunks(headless))).rejects.toMatchObject({ code: 'oci/bad-archive' })
})

test('prune removes unreferenced blobs, and spares recently written ones', async () => {
  await store.add({ name: 'kept', layers: [{ entries: [file('x')] }] })
  const old = await store.add({ name: 'old', layers: [{ entries: [file('y'.repeat(50))] }] })
  expect(await store.remove('old')).toBe(true)
  expect(await store.remove('old')).toBe(false)
  expect(await store.prune()).toBe(0)
  expect(await store.prune(-1)).toBeGreaterThan(0)
  await expect(stat(join(blobs(), hexOf(old.digest)))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await contents('kept', openStore(root))).toEqual({ x: 'x' })
})
