/** Fresh environments start from a golden snapshot, or boot and say why; by the real command over a QEMU without a machine. */
import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseDirs, cachePaths } from '../../src/host/paths.ts'
import { goldenFiles } from '../../src/vm/golden/snapshot.ts'
import { type TestHost, testHost } from './host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
})
afterEach(() => host?.[Symbol.asyncDispose](), 30_000)

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await host.desktop(...args)
  expect(code, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0)
  return stdout
}

const beginnings = async (): Promise<(string | undefined)[]> =>
  (await host.log()).map(([what]) => what).filter((what) => what?.match(/^(park|unpark|boot)$/))
const goldenDir = (): string => cachePaths(baseDirs(host.env)).goldenDir
async function files(): Promise<ReturnType<typeof goldenFiles>> {
  const [key = ''] = await readdir(goldenDir())
  return goldenFiles(join(goldenDir(), key))
}

/** Another environment of the same kind in the same place. */
async function applyAnew(): Promise<string> {
  await ok('destroy', '--yes')
  return await ok('apply')
}

test('the first of a kind makes the snapshot, the next one starts from it, and each has a disk of its own', async () => {
  expect(await ok('apply')).toContain('golden snapshot')
  await ok('plan', '--exit-code')
  expect(await applyAnew()).not.toContain('golden snapshot')
  await ok('plan', '--exit-code')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'unpark', 'boot'])
  const [first, second] = await host.boots()
  expect(first?.mark).not.toBe(second?.mark)
}, 60_000)

test('an environment that has run before boots from its own disk', async () => {
  await ok('apply')
  await ok('stop', '--power-off')
  await ok('start')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'boot'])
  const [first, second] = await host.boots()
  expect(first?.mark).toBe(second?.mark)
}, 60_000)

test('another sizing has another snapshot', async () => {
  await ok('apply')
  await ok('destroy', '--yes')
  await host.write('vm: { cpus: 2, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n')
  await ok('apply')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'park', 'unpark', 'boot'])
  expect(await readdir(goldenDir())).toHaveLength(2)
}, 60_000)

const another = (text: string): string => text.replaceAll('(fake)', '(another)')
const damages: readonly (readonly [string, () => Promise<void>, RegExp])[] = [
  [
    'whose state has another byte in it',
    async () => {
      const { state } = await files()
      await writeFile(state, (await readFile(state, 'utf8')).replace('"files"', '"filez"'))
    },
    /state is damaged/,
  ],
  [
    'of another QEMU',
    async () => {
      const { record } = await files()
      await writeFile(record, another(await readFile(record, 'utf8')))
    },
    /QEMU is/,
  ],
]
test.each(damages)(
  'a snapshot %s is removed and said, and the VM boots',
  async (_what, damage, said) => {
    await ok('apply')
    await damage()
    expect(await applyAnew()).toMatch(said)
    await ok('plan', '--exit-code')
    expect((await beginnings()).slice(-2)).toEqual(['boot', 'boot'])
    expect(await readdir(goldenDir())).toEqual([])
  },
  60_000,
)

const cuts: readonly (readonly [string, () => Promise<void>])[] = [
  ['state is cut', async () => truncate((await files()).state, 5)],
  ['disk is damaged', async () => writeFile((await files()).disk, 'x')],
  ['record is cut', async () => truncate((await files()).record, 5)],
  ['record is gone', async () => rm((await files()).record)],
]
test.each(cuts)(
  'a snapshot whose %s is made anew',
  async (_what, damage) => {
    await ok('apply')
    await damage()
    await applyAnew()
    await ok('plan', '--exit-code')
    expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'park', 'unpark', 'boot'])
  },
  60_000,
)

test('a snapshot that cannot be kept is no reason to be without a VM', async () => {
  await mkdir(join(goldenDir(), '..'), { recursive: true })
  await symlink('/proc/nowhere', goldenDir())
  expect(await ok('apply')).toContain('it boots instead')
  await ok('plan', '--exit-code')
  expect(await host.boots()).toHaveLength(1)
}, 60_000)

test('with DESKTOP_GOLDEN=off every environment boots', async () => {
  host.env.DESKTOP_GOLDEN = 'off'
  await ok('apply')
  expect(await beginnings()).toEqual(['boot'])
}, 60_000)
