import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findIntactImage } from '../../src/guest/built.ts'
import { guestImageDigest, imageDigest } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { exportGuest, importGuest } from '../../src/guest/transfer.ts'
import { cachePaths } from '../../src/host/paths.ts'

let dir: string
const cacheOf = (name: string) => {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}
const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: [
    { name: 'desktop/x', packages: [{ name: 'xx', version: '1', sha256: 'a'.repeat(64), sizeBytes: 1 }] },
  ],
}
const linuxkitYaml = 'init: [desktop/x]\n'

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-transfer-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function build(): Promise<string> {
  const digest = imageDigest(lock, linuxkitYaml)
  await stageImage(cacheOf('a'), async (staged) => {
    for (const name of ['kernel', 'initrd', 'root.squashfs']) await writeFile(join(staged, name), `${name}!`)
    const files = await describeFiles(staged)
    await publishImage(cacheOf('a'), staged, { formatVersion: 1, digest, cmdline: 'c', ...lock, files })
  })
  return digest
}

test('an exported image is found by the plan of the machine that imports it', async () => {
  const digest = await build()
  const file = join(dir, 'image.tar')
  await exportGuest(cacheOf('a'), digest, file)
  expect(await guestImageDigest({ linuxkitYaml }, cacheOf('b'))).toBeUndefined()
  const image = await importGuest(cacheOf('b'), file)
  expect(image.digest).toBe(digest)
  expect(await readFile(image.root, 'utf8')).toBe('root.squashfs!')
  expect(await guestImageDigest({ linuxkitYaml }, cacheOf('b'))).toBe(digest)
  expect(image).toMatchObject((await findIntactImage(cacheOf('b'), digest)) ?? {})
})

test('any changed or missing byte of the file is refused, and nothing is left', async () => {
  const digest = await build()
  const file = join(dir, 'image.tar')
  await exportGuest(cacheOf('a'), digest, file)
  const whole = await readFile(file)
  const spoiled = [
    whole.subarray(0, whole.length / 2),
    Buffer.from(whole.toString('latin1').replace('root.squashfs!', 'root.squashfs?'), 'latin1'),
    Buffer.from(whole.toString('latin1').replace('"formatVersion": 1', '"formatVersion": 2'), 'latin1'),
    Buffer.from(whole.toString('latin1').replace('initrd\0', '../../x'), 'latin1'),
    Buffer.from('not a tar file at all'),
    Buffer.alloc(0),
  ]
  for (const bytes of spoiled) {
    await writeFile(file, bytes)
    await expect(importGuest(cacheOf('c'), file)).rejects.toMatchObject({ code: 'guest/image-corrupt' })
  }
  expect(await findIntactImage(cacheOf('c'), digest)).toBeUndefined()
  expect(await guestImageDigest({ linuxkitYaml }, cacheOf('c'))).toBeUndefined()
})

test('a damaged image is not exported', async () => {
  const digest = await build()
  await writeFile(join(cacheOf('a').imagesDir, digest.slice(7), 'kernel'), 'Kernel!')
  const file = join(dir, 'image.tar')
  await expect(exportGuest(cacheOf('a'), digest, file)).rejects.toMatchObject({ code: 'guest/image-corrupt' })
  await expect(readFile(file)).rejects.toThrow('ENOENT')
})
