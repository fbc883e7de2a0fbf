/** An imported image must match its description and the importer's digest. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import tar from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findIntactImage } from '../../src/guest/built.ts'
import { cachedLock } from '../../src/guest/digest.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { exportGuest, importGuest } from '../../src/guest/transfer.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import {
  digest,
  filesOf,
  lock,
  type Parts,
  sha256,
  type Tampering,
  tampered,
} from '../support/guest/tampered-images.ts'

returnsToBaseline()

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tampered-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const cacheOf = (name: string) => {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}
const contents = { kernel: 'kernel!', initrd: 'initrd!', 'root.squashfs': 'root!' } as const

/** An honest image in the cache `name`, and its content digest. */
async function build(name: string, cmdline = 'quiet'): Promise<string> {
  const cache = cacheOf(name)
  await stageImage(cache, async (staged) => {
    for (const [file, text] of Object.entries(contents)) await writeFile(join(staged, file), text)
    const files = await describeFiles(staged)
    await publishImage(cache, staged, { formatVersion: 1, digest, cmdline, ...lock, files })
  })
  return exportGuest(cache, digest, join(dir, `${name}.tar`))
}

/** The archive of an honest image, with what `change` makes of its files and of its description. */
async function forged(change: (record: Record<string, unknown>, parts: Parts) => unknown): Promise<string> {
  const record: Record<string, unknown> = {
    formatVersion: 1,
    digest,
    cmdline: 'quiet',
    ...structuredClone(lock),
    files: Object.fromEntries(
      Object.entries(contents).map(([name, text]) => [
        name,
        { sizeBytes: text.length, sha256: sha256(text) },
      ]),
    ),
  }
  const parts: Parts = { ...contents }
  const other = change(record, parts)
  const path = join(dir, 'forged.tar')
  const pack = tar.pack()
  pack.entry({ name: 'image.json' }, typeof other === 'string' ? other : JSON.stringify(record))
  for (const [name, text] of Object.entries(parts)) pack.entry({ name }, text)
  pack.finalize()
  await writeFile(path, await buffer(pack))
  return path
}

test.each(tampered)('an image with %s is refused, and leaves nothing', async (_name, change) => {
  const cache = cacheOf('fresh')
  await expect(importGuest(cache, await forged(change))).rejects.toMatchObject({
    code: 'guest/image-corrupt',
  })
  expect(await findIntactImage(cache, digest)).toBeUndefined()
  expect(await cachedLock(cache)).toBeUndefined()
  expect(readdirSync(cache.imagesDir)).toEqual([])
})

const consistent: readonly Tampering[] = [
  [
    'arguments',
    (record) => {
      record.cmdline = 'quiet init=/evil'
    },
  ],
  ...(['kernel', 'initrd', 'root.squashfs'] as const).map(
    (name) =>
      [
        name,
        (record: Record<string, unknown>, parts: Parts) => {
          parts[name] = 'evil'
          Object.assign(filesOf(record)[name], { sizeBytes: 4, sha256: sha256('evil') })
        },
      ] as const,
  ),
]

test.each(consistent)(
  'an image that claims a known digest with another %s is refused',
  async (_name, change) => {
    await build('known')
    const image = await findIntactImage(cacheOf('known'), digest)
    await expect(importGuest(cacheOf('known'), await forged(change))).rejects.toMatchObject({
      code: 'guest/content-differs',
    })
    expect(await findIntactImage(cacheOf('known'), digest)).toEqual(image)
  },
)

test.each(consistent)(
  'an image with another %s than the content that is asked for is refused',
  async (_name, change) => {
    const content = await build('known')
    await expect(importGuest(cacheOf('fresh'), await forged(change), { content })).rejects.toMatchObject({
      code: 'guest/content-differs',
    })
    expect(await findIntactImage(cacheOf('fresh'), digest)).toBeUndefined()
  },
)

test('an image with the content that is asked for is taken, and others may not read it', async () => {
  const content = await build('known')
  const image = await importGuest(cacheOf('fresh'), join(dir, 'known.tar'), { content })
  expect(image.content).toBe(content)
  expect(await readFile(image.kernel, 'utf8')).toBe(contents.kernel)
  expect(statSync(join(image.kernel, '..')).mode & 0o077).toBe(0)
})
