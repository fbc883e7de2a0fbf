/**
 * Damaged files are either reported and rebuilt, or rejected and left unchanged; the data disk is never
 * touched.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cachePaths } from '../../src/host/paths.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write()
  await host.ok('apply')
  await host.ok('stop')
})
afterAll(() => host?.[Symbol.asyncDispose]())

/** All machines so far used the same disk. */
async function expectSameDisk(): Promise<void> {
  expect(new Set((await host.boots()).map(({ mark }) => mark)).size).toBe(1)
}

const damages = [
  ['cut', (text: string) => text.slice(0, text.length / 2)],
  ['emptied', () => ''],
  ['overwritten', () => '\0\0\0 not what it was'],
] as const

test.each(damages)(
  'the record of the environment, %s, is refused by name and left as it is',
  async (_how, damage) => {
    const { record } = host.paths
    const text = await readFile(record, 'utf8')
    await writeFile(record, damage(text))
    for (const command of [['plan'], ['apply'], ['status'], ['stop'], ['destroy', '--yes']]) {
      const { code, stderr } = await host.desktop(...command)
      expect(code, command[0]).toBe(1)
      expect(stderr).toContain(record)
      expect(stderr).toContain('state/unreadable')
    }
    expect(await readFile(record, 'utf8')).toBe(damage(text))
    await writeFile(record, text)
  },
  60_000,
)

test('without its record, moved away as the hint says, an environment is taken up with its disk', async () => {
  await rename(host.paths.record, `${host.paths.record}.away`)
  await host.ok('apply')
  await host.ok('stop')
  await expectSameDisk()
})

test.each(damages)(
  'the journal, %s, does not stop an apply',
  async (_how, damage) => {
    await writeFile(host.paths.journal, damage(await readFile(host.paths.journal, 'utf8')))
    await host.ok('apply')
    await host.ok('plan', '--exit-code')
    await host.ok('stop')
    await expectSameDisk()
  },
  60_000,
)

test('a journal with a line that no crash leaves is reported', async () => {
  const lines = (await readFile(host.paths.journal, 'utf8')).split('\n')
  await writeFile(host.paths.journal, [lines[0], '{"event":"opera', ...lines.slice(1)].join('\n'))
  expect(await host.ok('plan')).toContain('journal of the last apply is damaged')
})

test('a damaged generation does not stop the next', async () => {
  const dir = host.paths.generationsDir
  const before = (await readdir(dir)).sort()
  await truncate(join(dir, before.at(-1) ?? ''), 10)
  await host.ok('apply')
  await host.ok('stop')
  expect((await readdir(dir)).length).toBe(before.length + 1)
})

test.each([
  ['is no qcow2 any more', (bytes: Buffer) => Buffer.concat([Buffer.from('GARBAGE!'), bytes.subarray(8)])],
  ['is cut in its header', (bytes: Buffer) => bytes.subarray(0, 20)],
  ['is empty', () => Buffer.alloc(0)],
])(
  'a data disk that %s is refused and left as it is',
  async (_how, damage) => {
    const path = host.paths.dataDisk
    const bytes = await readFile(path)
    await writeFile(path, damage(bytes))
    for (const args of [['apply'], ['apply', '--yes'], ['apply', '--allow', 'recreate:disk']]) {
      const { code, stderr } = await host.desktop(...args)
      expect(code).toBe(4)
      expect(stderr).toContain('the data disk cannot be read')
      expect(stderr).toContain('qemu-img check')
    }
    expect(await readFile(path)).toEqual(damage(bytes))
    await writeFile(path, bytes)
    await host.ok('apply')
    await host.ok('stop')
    await expectSameDisk()
  },
  60_000,
)

test('a truncated image is built again, and nothing boots from it', async () => {
  const boots = (await host.boots()).length
  const { imagesDir } = cachePaths({
    config: '',
    state: '',
    runtime: '',
    cache: join(host.dir, 'cache/desktop'),
  })
  const [digest = ''] = await readdir(imagesDir)
  const kernel = join(imagesDir, digest, 'kernel')
  const bytes = await readFile(kernel)
  await truncate(kernel, 2)
  expect(await host.ok('plan')).toContain('build the guest image')
  // The same size, so that only the content differs.
  await writeFile(kernel, 'KERNEL')
  const apply = await host.desktop('apply')
  expect(apply.code).toBe(4)
  expect(apply.stdout).toContain('the guest image is damaged; building it again')
  expect(await host.boots()).toHaveLength(boots)
  await writeFile(kernel, bytes)
  await host.ok('apply')
  await host.ok('stop')
})

/** A separate file system for the state directory, if this user may mount one. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0

test.skipIf(!canMount)(
  'a state directory on a full file system is reported with the fix; with free space it works',
  async () => {
    const { stateDir } = host.paths
    await host.ok('destroy', '--yes')
    await mkdir(stateDir, { recursive: true })
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', stateDir])
    if (mount.status !== 0) return
    try {
      const filler = join(stateDir, 'filler')
      // Fills the file system.
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M', 'count=200'])
      const { code, stderr } = await host.desktop('apply')
      expect(code, stderr).toBe(4)
      expect(stderr).toContain('no space: 0B are free')
      expect(stderr).toContain('free some space there')
      expect(await host.processes()).toEqual([])
      await rm(filler)
      await host.ok('apply')
      await host.ok('plan', '--exit-code')
      await host.ok('stop')
    } finally {
      spawnSync('umount', [stateDir])
    }
  },
  60_000,
)
