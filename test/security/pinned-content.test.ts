/** desktop.lock pins contents: an image or component that claims the right name and holds something else is not used. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildGuest } from '../../src/guest/build.ts'
import { findIntactImage } from '../../src/guest/built.ts'
import { recipes } from '../../src/guest/debian/components.ts'
import { componentImage } from '../../src/guest/debian/images.ts'
import { file } from '../../src/guest/debian/layer.ts'
import { buildRules, imageDigest } from '../../src/guest/digest.ts'
import type { ComponentLock, GuestImage } from '../../src/guest/image.ts'
import { imageFiles } from '../../src/guest/image-record.ts'
import { lockText, parseLock } from '../../src/guest/lock-file.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { pinContents } from '../../src/guest/pinned-content.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { baseDirs, type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { sampleLock } from '../support/guest/sample-lock.ts'

returnsToBaseline()

const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: recipes.map(({ name }, index) => ({
    name,
    packages: [{ name: `p${index}`, version: '1', sha256: `${index}`.padStart(64, '0'), sizeBytes: 1 }],
  })),
}
const linuxkitYaml = 'kernel:\n  image: desktop/kernel\n  cmdline: quiet\ninit:\n  - desktop/init\n'
const files = {
  'desktop/kernel': [file('kernel', 'vmlinux'), file('kernel.tar', Buffer.alloc(10_240))],
  'desktop/init': [file('usr/bin/busybox', 'busybox'), file('usr/lib/modules/6.1/modules.dep', '')],
}
const initName = componentImage(lock.components.find(({ name }) => name === 'desktop/init')!, buildRules())

let dir: string
let cache: CachePaths
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-pinned-'))
  cache = cachePaths({ config: dir, state: dir, cache: dir, runtime: dir })
  for (const component of lock.components) {
    const entries = files[component.name as keyof typeof files] ?? [file('bin/a', component.name)]
    const name = componentImage(component, buildRules())
    await openStore(cache.ociDir).add({ name, layers: [{ entries }], config: {} })
  }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const build = (pinned: ComponentLock): Promise<GuestImage> =>
  buildGuest({ linuxkitYaml, lock: pinned }, { cache, offline: true })
const pin = (image: GuestImage): Promise<ComponentLock> => pinContents(lock, image, openStore(cache.ociDir))

/** Another image under the digest of the honest one, with a description that fits it. */
async function forge(
  to: CachePaths,
  digest: string,
  components: ComponentLock,
  cmdline: string,
): Promise<void> {
  await stageImage(to, async (staged) => {
    for (const name of imageFiles) await writeFile(join(staged, name), name)
    const { source } = components
    const described = { source, components: components.components, files: await describeFiles(staged) }
    await publishImage(to, staged, { formatVersion: 1, digest, cmdline, ...described })
  })
}

const hasSqfstar = spawnSync('sqfstar', ['-version']).error === undefined

describe.runIf(hasSqfstar)('with a lock that pins contents', () => {
  test('an image of the right digest with other content is built again, from the components', async () => {
    const honest = await build(lock)
    const pinned = await pin(honest)
    await forge(cache, honest.digest, lock, 'quiet init=/evil')
    expect((await build(lock)).cmdline).toContain('/evil')
    expect(await build(pinned)).toEqual(honest)
    expect((await findIntactImage(cache, honest.digest))?.content).toBe(honest.content)
  })

  test('a component of the right name with other content is thrown away', async () => {
    const pinned = await pin(await build(lock))
    const store = openStore(cache.ociDir)
    await store.remove(initName)
    const entries = [file('usr/bin/busybox', 'evil'), file('usr/lib/modules/6.1/modules.dep', '')]
    await store.add({ name: initName, layers: [{ entries }], config: {} })
    await rm(cache.imagesDir, { recursive: true })
    // It would be made again of its packages, which this cache does not have.
    await expect(build(pinned)).rejects.toMatchObject({ code: 'guest/offline' })
    expect(await store.find(initName)).toBeUndefined()
  })

  test('a build that comes to other content than is pinned is refused, and nothing is left of it', async () => {
    const honest = await build(lock)
    const { contents } = await pin(honest)
    const other = { ...contents, [honest.digest]: `sha256:${'0'.repeat(64)}` }
    await rm(cache.imagesDir, { recursive: true })
    await expect(build({ ...lock, contents: other })).rejects.toMatchObject({ code: 'guest/content-differs' })
    expect(await findIntactImage(cache, honest.digest)).toBeUndefined()
  })

  test('contents are read as they were written', async () => {
    const pinned = await pin(await build(lock))
    const text = lockText(pinned, buildRules())
    expect(parseLock(text, 'desktop.lock')).toEqual(pinned)
    expect(Object.keys(pinned.contents ?? {})).toHaveLength(recipes.length + 1)
  })
})

test.each([
  ['a digest of another kind', { [initName]: `md5:${'0'.repeat(32)}` }],
  ['a path', { '../../etc': `sha256:${'0'.repeat(64)}` }],
  ['a name without a tag', { 'desktop/init': `sha256:${'0'.repeat(64)}` }],
  ['a list', [`sha256:${'0'.repeat(64)}`]],
  ['a list in place of a digest', { [initName]: [`sha256:${'0'.repeat(64)}`, 'x'] }],
  ['null', null],
])('contents that are %s are refused', (_what, contents) => {
  const text = lockText(sampleLock(), 'r').replace(
    /\n}\n$/,
    `,\n"contents": ${JSON.stringify(contents)}\n}\n`,
  )
  expect(() => parseLock(text, 'desktop.lock')).toThrow('pins a content that is not a digest')
})

describe('with the real command', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await testHost()
    await host.write()
    await writeFile(at(), lockText(sampleLock(), 'rules'))
  })
  afterEach(() => host?.[Symbol.asyncDispose]())
  const at = (): string => join(host.dir, 'desktop.lock')
  const hostCache = (): CachePaths => cachePaths(baseDirs(host.env))

  test('an image that was swapped after it was pinned does not boot', async () => {
    const missing = await host.desktop('lock', '--contents')
    expect(missing.stderr).toContain('desktop image build')
    const planned = JSON.parse(await host.ok('plan', '--json')) as { operations: { kind: string }[] }
    expect(planned.operations.map(({ kind }) => kind)).toContain('image/build')
    const { renderLinuxkit } = await import('../../src/guest/render.ts')
    const digest = imageDigest(sampleLock(), await renderLinuxkit())
    await forge(hostCache(), digest, sampleLock(), 'console=ttyS0')
    await host.ok('lock', '--contents')
    const text = await readFile(at(), 'utf8')
    expect(text).toContain(`"${digest}": "sha256:`)
    // What pins the same packages keeps the contents.
    await host.ok('lock')
    expect(await readFile(at(), 'utf8')).toBe(text)
    await host.ok('apply')

    await host.ok('stop', '--power-off')
    await forge(hostCache(), digest, sampleLock(), 'console=ttyS0 init=/evil')
    const ended = await host.desktop('apply', '--offline')
    expect(ended.code).toBe(4)
    expect((await host.status()).vm.state).not.toBe('running')
  })
})
