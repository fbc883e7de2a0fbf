/** An image archive of a pull request has the content that its names and digests claim, and costs no more than it may. */
import { expect, test } from 'vitest'
import { archiveName, importArchive } from '../../src/guest/oci/archive.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import {
  archive,
  bring,
  code,
  docker,
  file,
  honest,
  paxPath,
  raw,
  store,
  tar,
} from '../support/guest/hostile-archive.ts'

returnsToBaseline()

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
