/** The guest image cache with the real command: users of each image, and pruning. */
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { imageFiles } from '../../src/guest/image-record.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { baseDirs, type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
let cache: CachePaths
beforeEach(async () => {
  host = await testHost()
  cache = cachePaths(baseDirs(host.env))
  await host.write()
})
afterEach(() => host?.[Symbol.asyncDispose]())

/** An unused image. */
async function oldImage(letter: string): Promise<string> {
  const digest = `sha256:${letter.repeat(64)}`
  await stageImage(cache, async (dir) => {
    for (const file of imageFiles) await writeFile(join(dir, file), file)
    const record = { cmdline: 'c', source: 'x/y', components: [], files: await describeFiles(dir) }
    await publishImage(cache, dir, { formatVersion: 1, digest, ...record })
  })
  const then = new Date(Date.now() - 3 * 86_400_000)
  await utimes(join(cache.imagesDir, letter.repeat(64), 'image.json'), then, then)
  return digest
}

interface Listed {
  digest: string
  uses: { environment: string; as: string }[]
  current: boolean
  snapshots: unknown[]
}
const listed = async (): Promise<Listed[]> => JSON.parse(await host.ok('image', 'ls', '--json')) as Listed[]
const digests = async (): Promise<string[]> => (await listed()).map(({ digest }) => digest)

test('the list says size, age and who has an image: by the VM, a generation, the last good VM', async () => {
  await host.ok('apply')
  const old = await oldImage('a')
  const [used, unused] = await listed()
  expect(used).toMatchObject({ current: true, snapshots: [{}] })
  expect(used?.uses.map(({ as }) => as)).toEqual(['runs', 'ran last', 'generation 1'])
  expect(unused).toMatchObject({ digest: old, current: false, uses: [], snapshots: [] })
  const text = await host.ok('image', 'ls')
  expect(text).toMatch(/^IMAGE +SIZE +AGE +SNAPSHOTS +USED BY\n/)
  expect(text).toMatch(/crash: runs, ran last, generation 1; newest/)
  expect(text).toMatch(/^aaaaaaaaaaaa .*3 days +0 +-$/m)
  expect(await host.ok('image', 'inspect', 'aaaa')).toContain(old)
  expect((await host.desktop('image', 'inspect', 'bbbb')).code).toBe(1)
})

test('prune removes what nobody has, never what a generation or a suspended VM has, and nothing when it only looks', async () => {
  await host.ok('apply')
  const old = await oldImage('a')
  const before = await digests()
  expect(await host.ok('image', 'prune', '--dry-run')).toContain('aaaaaaaaaaaa')
  expect(await digests()).toEqual(before)
  await host.ok('stop')
  const pruned = JSON.parse(await host.ok('image', 'prune', '--json')) as { removed: { name: string }[] }
  expect(pruned.removed.map(({ name }) => name)).toEqual([old])
  expect(await digests()).toEqual(before.filter((digest) => digest !== old))
  expect(await host.ok('image', 'prune')).toContain('nothing to remove')
  await host.ok('start')
  await host.ok('plan', '--exit-code')
})

test('prune removes golden snapshots that are damaged or of images that are gone', async () => {
  await host.ok('apply')
  const [key = ''] = await readdir(cache.goldenDir)
  await writeFile(join(cache.goldenDir, key, 'golden.json'), '{')
  expect(await host.ok('image', 'prune')).toContain(`golden snapshot ${key}`)
  expect(await readdir(cache.goldenDir)).toEqual([])
})

test('prune removes nothing while a generation cannot be read', async () => {
  await host.ok('apply')
  await oldImage('a')
  await writeFile(join(host.paths.generationsDir, '000001.json'), '{')
  const prune = await host.desktop('image', 'prune')
  expect(prune.code).not.toBe(0)
  expect(prune.stderr).toContain('000001.json')
  expect(await readdir(cache.imagesDir)).toHaveLength(2)
})

test('apply --offline works from the cache, and refuses missing artifacts at once, with nothing changed', async () => {
  await host.ok('apply', '--offline')
  await host.ok('destroy', '--yes')
  const [name = ''] = await readdir(cache.imagesDir)
  await writeFile(join(cache.imagesDir, name, 'image.json'), '{')
  await writeFile(join(cache.aptDir, 'lock.json'), '{')
  const apply = await host.desktop('apply', '--offline')
  expect(apply.code).toBe(4)
  expect(apply.stderr).toContain('guest/offline')
  expect(await host.processes()).toEqual([])
})
