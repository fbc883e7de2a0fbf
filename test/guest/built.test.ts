import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findImage, findIntactImage } from '../../src/guest/built.ts'
import type { GuestImage } from '../../src/guest/image.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { cachePaths } from '../../src/host/paths.ts'

let dir: string
const cache = () => cachePaths({ config: dir, state: dir, cache: dir, runtime: dir })
const digest = `sha256:${'ab'.repeat(32)}`

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-built-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function publish(content: string): Promise<GuestImage> {
  return stageImage(cache(), async (staged) => {
    for (const name of ['kernel', 'initrd', 'root.squashfs'])
      await writeFile(join(staged, name), content + name)
    const files = await describeFiles(staged)
    const record = {
      formatVersion: 1,
      digest,
      cmdline: 'quiet',
      source: 'x/y',
      components: [],
      files,
    } as const
    return publishImage(cache(), staged, record)
  })
}

test('a published image is found, with its files and command line', async () => {
  expect(await findImage(cache(), digest)).toBeUndefined()
  const image = await publish('one ')
  expect(await findImage(cache(), digest)).toEqual(image)
  expect(await findIntactImage(cache(), digest)).toEqual(image)
  expect(image.cmdline).toBe('quiet')
})

test('a truncated file is not an image, and one changed in place is not intact', async () => {
  const image = await publish('one ')
  await truncate(image.root, 3)
  expect(await findImage(cache(), digest)).toBeUndefined()
  await publish('one ')
  await writeFile(image.kernel, 'onE kernel')
  expect(await findImage(cache(), digest)).toBeDefined()
  expect(await findIntactImage(cache(), digest)).toBeUndefined()
})

test('a damaged image is replaced by a newly built one', async () => {
  const image = await publish('one ')
  await rm(image.initrd)
  await publish('one ')
  expect(await findIntactImage(cache(), digest)).toBeDefined()
})

test('an image with a damaged description is not listed', async () => {
  const image = await publish('one ')
  for (const text of ['', '{', 'null', '{"formatVersion":1}']) {
    await writeFile(join(image.kernel, '..', 'image.json'), text)
    expect(await findImage(cache(), digest), text).toBeUndefined()
  }
})

test('a build that fails leaves nothing, and what a killed one left is removed by the next', async () => {
  await expect(stageImage(cache(), () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped')
  expect(await readdir(cache().imagesDir)).toEqual([])
  const { pid } = spawnSync('true')
  await mkdir(join(cache().imagesDir, `.building-${pid}-left`))
  const running = join(cache().imagesDir, `.building-${process.pid}-mine`)
  await mkdir(running)
  await publish('one ')
  expect((await readdir(cache().imagesDir)).sort()).toEqual([
    `.building-${process.pid}-mine`,
    'ab'.repeat(32),
  ])
})

test('a full disk is reported as such', async () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  await expect(stageImage(cache(), () => Promise.reject(full))).rejects.toMatchObject({
    code: 'guest/no-space',
  })
})
