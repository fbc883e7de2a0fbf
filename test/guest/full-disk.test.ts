/**
 * A file system that is really full, at each stage of a build and of a golden snapshot: the error is
 * reported, and no partial file is left.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeBootFiles } from '../../src/guest/boot/root.ts'
import { file } from '../../src/guest/debian/layer.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { stageImage } from '../../src/guest/publish-image.ts'
import { toolFailure } from '../../src/guest/tools.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { goldenFiles, publishGolden, readGolden, stageGolden } from '../../src/vm/golden/snapshot.ts'

/** A file system of its own, where this user may mount one. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0
const hasSqfstar = spawnSync('sqfstar', ['-version']).error === undefined

let dir: string
let cache: CachePaths
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-full-'))
  if (canMount) spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir])
  cache = cachePaths({ config: dir, state: dir, cache: dir, runtime: dir })
})
afterEach(async () => {
  if (canMount) spawnSync('umount', [dir])
  await rm(dir, { recursive: true, force: true })
})

const large = (path: string) => file(path, randomBytes(3 * 2 ** 20))
const modules = 'usr/lib/modules/6.1/modules.dep'

test.skipIf(!canMount || !hasSqfstar)('a root file system that does not fit is guest/no-space', async () => {
  const entries = [file('usr/bin/busybox', 'b'), file(modules, ''), large('usr/bin/dockerd')]
  const kernel = { image: Buffer.from('k'), cmdline: 'c', ucode: undefined }
  const build = stageImage(cache, (staged) => writeBootFiles({ entries, kernel }, staged))
  await expect(build).rejects.toMatchObject({ code: 'guest/no-space' })
  expect(await readdir(cache.imagesDir)).toEqual([])
})

test.skipIf(!canMount)(
  'a component that does not fit is guest/no-space, and the store is whole',
  async () => {
    const store = openStore(cache.ociDir)
    await store.add({ name: 'desktop/small', layers: [{ entries: [file('a', 'b')] }] })
    const add = { name: 'desktop/large', layers: [{ entries: [large('a')] }] }
    const build = stageImage(cache, () => store.add(add))
    await expect(build).rejects.toMatchObject({ code: 'guest/no-space' })
    expect((await store.list()).map(({ name }) => name)).toEqual(['docker.io/desktop/small:latest'])
    expect((await openStore(cache.ociDir).read('desktop/small')).entries).toHaveLength(1)
  },
)

test.skipIf(!canMount)(
  'a golden snapshot whose disk does not fit is not used, and its partial file is removed',
  async () => {
    const outside = await mkdtemp(join(tmpdir(), 'desktop-disk-'))
    try {
      await writeFile(join(outside, 'data.qcow2'), randomBytes(3 * 2 ** 20))
      const key = join(cache.goldenDir, 'key')
      const about = {
        image: 'sha256:i',
        hostCpu: 'a CPU',
        qemuVersion: '7',
        state: { bytes: 1, crc32: 1 },
      }
      const making = stageGolden(cache.goldenDir, async (staged) => {
        await writeFile(goldenFiles(staged).state, 's')
        await publishGolden(staged, key, join(outside, 'data.qcow2'), about)
      })
      await expect(making).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(await readdir(cache.goldenDir)).toEqual([])
      expect(await readGolden(key)).toBeUndefined()
    } finally {
      await rm(outside, { recursive: true })
    }
  },
)

test.each([
  ['sqfstar', 'Write failed because No space left on device'],
  ['sqfstar', 'write: Disk quota exceeded'],
] as const)('%s that says %j means a full disk', (tool, said) => {
  expect(toolFailure(tool, 'exit 1', said).code).toBe('guest/no-space')
})

test('what killed makers of snapshots left is removed by the next', async () => {
  const { pid } = spawnSync('true')
  await mkdir(join(cache.goldenDir, `.making-${pid}-left`), { recursive: true })
  const running = `.making-${process.pid}-mine`
  await mkdir(join(cache.goldenDir, running))
  await stageGolden(cache.goldenDir, async () => {})
  expect(await readdir(cache.goldenDir)).toEqual([running])
})
