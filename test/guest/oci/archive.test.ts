import { createHash } from 'node:crypto'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { tarChunks } from '../../../src/guest/archive/tar-write.ts'
import { archiveName, importArchive } from '../../../src/guest/oci/archive.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'

let root: string
let store: Store
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'desktop-archive-'))
  store = openStore(join(root, 'store'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const file = (path: string, content: string | Uint8Array): Entry => {
  return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, mtime: 0, content: Buffer.from(content) }
}

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tarChunks(entries)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const started = { Cmd: ['/hello'], Env: ['A=b'] }

/** As `docker save` before 25 and `podman save` write it; layers that are alike are links. */
async function dockerArchive(hello = 'hello'): Promise<string> {
  const layer = await tar([file('hello', hello)])
  const top = await tar([file('.wh.gone', ''), file('top', 'top')])
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    config: started,
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(layer)}`, `sha256:${sha(top)}`] },
  })
  const manifest = [
    { Config: `${sha(config)}.json`, RepoTags: ['web:1'], Layers: ['a/layer.tar', 'b/layer.tar'] },
  ]
  const path = join(root, 'web app.tar')
  const entries: Entry[] = [
    file('b/layer.tar', top),
    file('c/layer.tar', layer),
    { type: 'hardlink', path: 'a/layer.tar', target: 'c/layer.tar', mode: 0o644, uid: 0, gid: 0, mtime: 0 },
    file(`${sha(config)}.json`, config),
    file('manifest.json', JSON.stringify(manifest)),
  ]
  await writeFile(path, await tar(entries))
  return path
}

/** An OCI layout of the same, below `./` as `tar .` writes it, under two names. */
async function layoutArchive(): Promise<string> {
  const from = openStore(join(root, 'other'))
  await from.add({ name: 'web', layers: [{ entries: [file('hello', 'hello')] }], config: started })
  const chunks: Uint8Array[] = []
  for await (const chunk of from.exportTar(['web'])) chunks.push(chunk)
  const path = join(root, 'layout.tar')
  await writeFile(path, Buffer.concat(chunks))
  return path
}

async function helloOf(name: string): Promise<string> {
  const { entries } = await store.read(name)
  const hello = entries.find((entry) => entry.path === 'hello')
  return hello?.type === 'file' ? Buffer.from(await bytesOf(hello.content)).toString() : ''
}

test.each([
  ['an archive of docker', dockerArchive, /^local\/web-app:[0-9a-f]{16}$/],
  ['an OCI layout', layoutArchive, /^local\/layout:[0-9a-f]{16}$/],
])('%s is an image in the store, with its files and how it starts', async (_what, make, wanted) => {
  const path = await make()
  const name = await archiveName(path)
  expect(name).toMatch(wanted)
  await importArchive(store, path, name)
  expect(await helloOf(name)).toBe('hello')
  expect((await store.read(name)).config).toEqual(started)
})

test('the name of an archive follows its content', async () => {
  const before = await archiveName(await dockerArchive())
  expect(await archiveName(await dockerArchive())).toBe(before)
  expect(await archiveName(await dockerArchive('other'))).not.toBe(before)
})

test.each([
  ['an empty file', Buffer.alloc(0), /neither index.json nor manifest.json/],
  ['something else', Buffer.alloc(2048, 'x'), /not a tar archive/],
  ['a tar of something else', undefined, /neither index.json nor manifest.json/],
])('%s is refused with what to do', async (_what, bytes, message) => {
  const path = join(root, 'image.tar')
  await writeFile(path, bytes ?? (await tar([file('hello', 'hello')])))
  await expect(archiveName(path)).rejects.toMatchObject({
    code: 'oci/bad-archive',
    message: expect.stringMatching(message),
    hint: expect.stringContaining('docker save'),
  })
})

test('an archive that is cut short is refused, and no image is left', async () => {
  const path = await dockerArchive()
  const name = await archiveName(path)
  const layout = await layoutArchive()
  const layoutName = await archiveName(layout)
  await truncate(path, 1024)
  await truncate(layout, 2048)
  await expect(importArchive(store, path, name)).rejects.toMatchObject({ code: 'oci/bad-archive' })
  await expect(importArchive(store, layout, layoutName)).rejects.toMatchObject({
    code: expect.stringMatching(/^oci/),
  })
  expect(await store.list()).toEqual([])
})
