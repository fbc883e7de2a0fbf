/** A bundle for a host without network access: complete, or rejected. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildGuest, requireLocal } from '../../src/guest/build.ts'
import { findIntactImage } from '../../src/guest/built.ts'
import { exportBundle } from '../../src/guest/bundle.ts'
import { recipes } from '../../src/guest/debian/components.ts'
import { componentImage } from '../../src/guest/debian/images.ts'
import { buildRules, guestImageDigest, imageDigest } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { importGuest } from '../../src/guest/transfer.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'

const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: recipes.map(({ name }, index) => ({
    name,
    packages: [{ name: `p${index}`, version: '1', sha256: `${index}`.padStart(64, '0'), sizeBytes: 1 }],
  })),
}
const linuxkitYaml = 'init: [desktop/init]\n'
const otherYaml = 'init: [desktop/init, desktop/runc]\n'

let dir: string
let file: string
const cacheOf = (name: string): CachePaths => {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-bundle-'))
  file = join(dir, 'bundle.tar')
  const cache = cacheOf('a')
  const store = openStore(cache.ociDir)
  for (const component of lock.components) {
    const content = Buffer.from(component.name)
    const entry = { type: 'file', path: 'x', content, mode: 0o644, uid: 0, gid: 0, mtime: 0 } as const
    await store.add({
      name: componentImage(component, buildRules()),
      layers: [{ entries: [entry] }],
      config: {},
    })
  }
  const digest = imageDigest(lock, linuxkitYaml)
  await stageImage(cache, async (staged) => {
    for (const name of ['kernel', 'initrd', 'root.squashfs']) await writeFile(join(staged, name), `${name}!`)
    const files = await describeFiles(staged)
    await publishImage(cache, staged, { formatVersion: 1, digest, cmdline: 'c', ...lock, files })
  })
  await exportBundle(cache, digest, file)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a bundle brings the image, the packages it is locked to, and the components for other images', async () => {
  const cache = cacheOf('b')
  const { digest } = await importGuest(cache, file)
  expect(await guestImageDigest({ linuxkitYaml }, cache)).toBe(digest)
  expect(await findIntactImage(cache, digest)).toBeDefined()
  const names = (await openStore(cache.ociDir).list()).map(({ name }) => name)
  expect(names).toHaveLength(recipes.length)
  await requireLocal({ linuxkitYaml }, cache)
  await requireLocal({ linuxkitYaml: otherYaml }, cache)
  expect((await readdir(dir)).sort()).toEqual(['a', 'b', 'bundle.tar'])
})

test('any changed or missing byte of a bundle is refused, and the cache stays as it was', async () => {
  const whole = await readFile(file)
  const text = whole.toString('latin1')
  const spoiled = [
    whole.subarray(0, whole.length / 2),
    Buffer.from(text.replace('root.squashfs!', 'root.squashfs?'), 'latin1'),
    Buffer.from(text.replace('imageLayoutVersion', 'imageLayoutversion'), 'latin1'),
    Buffer.from(text.replace('desktop-bundle/1', 'desktop-bundle/2'), 'latin1'),
    Buffer.from(text.replace('"toolVersion": "0', '"toolVersion": "9'), 'latin1'),
    Buffer.from(text.replace('"parts": [', '"Parts": ['), 'latin1'),
    Buffer.from(text.replace('components.tar\0', '../../x.tar\0\0\0\0'), 'latin1'),
  ]
  for (const bytes of spoiled) {
    expect(bytes.equals(whole)).toBe(false)
    await writeFile(file, bytes)
    await expect(importGuest(cacheOf('c'), file)).rejects.toMatchObject({ code: 'guest/image-corrupt' })
  }
  expect(await guestImageDigest({ linuxkitYaml }, cacheOf('c'))).toBeUndefined()
  expect(await openStore(cacheOf('c').ociDir).list()).toEqual([])
})

test('a bundle without all components is not written', async () => {
  const cache = cacheOf('a')
  const [first] = await openStore(cache.ociDir).list()
  await openStore(cache.ociDir).remove(first?.name ?? '')
  await rm(file)
  const attempt = exportBundle(cache, imageDigest(lock, linuxkitYaml), file)
  await expect(attempt).rejects.toMatchObject({ code: 'oci/image-missing' })
  expect(await readdir(dir)).toEqual(['a'])
})

test('offline, a build that lacks a package or the list of packages fails at once and names what it lacks', async () => {
  const offline = { offline: true } as const
  const none = buildGuest({ linuxkitYaml }, { cache: cacheOf('d'), ...offline })
  await expect(none).rejects.toMatchObject({ code: 'guest/offline' })
  const cache = cacheOf('b')
  await importGuest(cache, file)
  expect((await buildGuest({ linuxkitYaml }, { cache, ...offline })).digest).toBe(
    imageDigest(lock, linuxkitYaml),
  )
  const [first] = lock.components
  const name = first === undefined ? '' : componentImage(first, buildRules())
  await openStore(cache.ociDir).remove(name)
  const incomplete = buildGuest({ linuxkitYaml: otherYaml }, { cache, ...offline })
  await expect(incomplete).rejects.toMatchObject({ code: 'guest/offline', message: /p0 1/ })
  await expect(requireLocal({ linuxkitYaml: otherYaml }, cache)).rejects.toMatchObject({
    code: 'guest/offline',
  })
})
