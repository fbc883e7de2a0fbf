/** `guest.builder: linuxkit`: another program assembles the image, with the same result. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildGuest } from '../../src/guest/build.ts'
import { recipes } from '../../src/guest/debian/components.ts'
import { componentImage } from '../../src/guest/debian/images.ts'
import { file } from '../../src/guest/debian/layer.ts'
import { buildRules } from '../../src/guest/digest.ts'
import type { ComponentLock, GuestInputs } from '../../src/guest/image.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { faithful, writeProgram } from '../support/guest/linuxkit-program.ts'

const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: recipes.map(({ name }, index) => ({
    name,
    packages: [{ name: `p${index}`, version: '1', sha256: `${index}`.padStart(64, '0'), sizeBytes: 1 }],
  })),
}
const linuxkitYaml = [
  'kernel:',
  '  image: desktop/kernel',
  '  cmdline: quiet',
  'init:',
  '  - desktop/init',
  'services:',
  '  - name: a',
  '    image: desktop/tools',
  '    command: [/bin/a]',
  '',
].join('\n')
const content = {
  'desktop/kernel': [file('kernel', 'vmlinux'), file('kernel.tar', Buffer.alloc(10_240))],
  'desktop/init': [file('usr/bin/busybox', 'busybox'), file('usr/lib/modules/6.1/modules.dep', '')],
}

const hasSqfstar = spawnSync('sqfstar', ['-version']).error === undefined
const path = process.env.PATH
let dir: string
let cache: CachePaths

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-builder-'))
  cache = cachePaths({ config: dir, state: dir, cache: dir, runtime: dir })
  const store = openStore(cache.ociDir)
  for (const component of lock.components) {
    const entries = content[component.name as keyof typeof content] ?? [file('bin/a', component.name)]
    await store.add({ name: componentImage(component, buildRules()), layers: [{ entries }], config: {} })
  }
  await mkdir(join(dir, 'bin'))
})
afterEach(async () => {
  process.env.PATH = path
  await rm(dir, { recursive: true, force: true })
})

const build = (builder: GuestInputs['builder'] & string) =>
  buildGuest({ linuxkitYaml, lock, builder }, { cache, offline: true })

test.skipIf(!hasSqfstar)('both builders give the same bytes, each under its own digest', async () => {
  await writeProgram(join(dir, 'bin', 'linuxkit'), faithful)
  process.env.PATH = `${join(dir, 'bin')}:${path}`
  const [ours, theirs] = [await build('desktop'), await build('linuxkit')]
  expect(theirs.digest).not.toBe(ours.digest)
  expect(theirs.cmdline).toBe(ours.cmdline)
  for (const name of ['kernel', 'initrd', 'root'] as const)
    expect((await readFile(theirs[name])).equals(await readFile(ours[name])), name).toBe(true)
  const left = await readdir(join(cache.imagesDir, theirs.digest.replace('sha256:', '')))
  expect(left.sort()).toEqual(['image.json', 'initrd', 'kernel', 'root.squashfs'])
})

test('without the program the build fails with what to do, and leaves nothing', async () => {
  process.env.PATH = join(dir, 'bin')
  await expect(build('linuxkit')).rejects.toMatchObject({ code: 'guest/missing-tool' })
  expect(await readdir(cache.imagesDir)).toEqual([])
})
