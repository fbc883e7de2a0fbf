import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Entry } from '../../../src/guest/archive/entry.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import { forgetDamaged } from '../../../src/guest/oci/repair.ts'

const file = (text: string): Entry => {
  return { type: 'file', path: 'x', mode: 0o644, uid: 0, gid: 0, mtime: 0, content: Buffer.from(text) }
}

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'desktop-repair-'))
  for (const name of ['a', 'b']) await openStore(root).add({ name, layers: [{ entries: [file(name)] }] })
})
afterEach(() => rm(root, { recursive: true, force: true }))

const blob = (digest: string): string => join(root, 'blobs', 'sha256', digest.replace('sha256:', ''))

test('a whole store stays as it is', async () => {
  const before = await readFile(join(root, 'index.json'), 'utf8')
  expect(await forgetDamaged(root)).toEqual([])
  expect(await readFile(join(root, 'index.json'), 'utf8')).toBe(before)
})

test.each(['manifest', 'config', 'layer'])(
  'an image with a damaged %s is forgotten, and can be made again',
  async (which) => {
    const image = await openStore(root).find('a')
    const { manifest } = await openStore(root).inspect('a')
    const digests = {
      manifest: image!.digest,
      config: manifest.config.digest,
      layer: manifest.layers[0]!.digest,
    }
    await truncate(blob(digests[which as keyof typeof digests]), 3)
    expect(await forgetDamaged(root)).toEqual(['docker.io/library/a:latest'])
    const store = openStore(root)
    expect((await store.list()).map(({ name }) => name)).toEqual(['docker.io/library/b:latest'])
    await store.add({ name: 'a', layers: [{ entries: [file('a')] }] })
    expect((await store.read('a')).entries).toHaveLength(1)
  },
)

test('a damaged index is forgotten, and the store is usable', async () => {
  await writeFile(join(root, 'index.json'), '{"manifests": [')
  await forgetDamaged(root)
  const store = openStore(root)
  expect(await store.list()).toEqual([])
  await store.add({ name: 'a', layers: [{ entries: [file('a')] }] })
  expect(await store.list()).toHaveLength(1)
})
