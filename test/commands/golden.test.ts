/**
 * Fresh environments start from a golden snapshot, or boot and report why, with the real command and a QEMU
 * without a machine.
 */
import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseDirs, cachePaths } from '../../src/host/paths.ts'
import { goldenFiles } from '../../src/vm/golden/snapshot.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
})
afterEach(() => host?.[Symbol.asyncDispose]())

const beginnings = async (): Promise<(string | undefined)[]> =>
  (await host.log()).map(([what]) => what).filter((what) => what?.match(/^(park|unpark|boot)$/))
const goldenDir = (): string => cachePaths(baseDirs(host.env)).goldenDir
async function files(): Promise<ReturnType<typeof goldenFiles>> {
  const [key = ''] = await readdir(goldenDir())
  return goldenFiles(join(goldenDir(), key))
}

/** Another environment of the same kind in the same place. */
async function applyAnew(): Promise<string> {
  await host.ok('destroy', '--yes')
  return await host.ok('apply')
}

test('the first of a kind makes the snapshot, the next one starts from it, and each has its own disk', async () => {
  expect(await host.ok('apply')).toContain('golden snapshot')
  await host.ok('plan', '--exit-code')
  expect(await applyAnew()).not.toContain('golden snapshot')
  await host.ok('plan', '--exit-code')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'unpark', 'boot'])
  const [first, second] = await host.boots()
  expect(first?.mark).not.toBe(second?.mark)
})

test('an environment that has run before boots from its own disk', async () => {
  await host.ok('apply')
  await host.ok('stop', '--power-off')
  await host.ok('start')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'boot'])
  const [first, second] = await host.boots()
  expect(first?.mark).toBe(second?.mark)
})

test('another sizing has another snapshot', async () => {
  await host.ok('apply')
  await host.ok('destroy', '--yes')
  await host.write('vm: { cpus: 2, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n')
  await host.ok('apply')
  expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'park', 'unpark', 'boot'])
  expect(await readdir(goldenDir())).toHaveLength(2)
})

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
    await host.ok('apply')
    await damage()
    expect(await applyAnew()).toMatch(said)
    await host.ok('plan', '--exit-code')
    expect((await beginnings()).slice(-2)).toEqual(['boot', 'boot'])
    expect(await readdir(goldenDir())).toEqual([])
  },
  60_000,
)

test('a snapshot from which two starts in a row fail is removed, and one failure alone keeps it', async () => {
  const removeFault = (): Promise<void> => rm(join(host.env.DESKTOP_FAKE_VM ?? '', 'resume-1'))
  await host.ok('apply')
  const [key] = await readdir(goldenDir())
  await host.breakMachines('resume', 1)
  expect(await applyAnew()).toMatch(/could not start from a golden snapshot.*it boots instead/)
  expect(await readdir(goldenDir())).toEqual([key])
  await removeFault()
  expect(await applyAnew()).not.toContain('golden snapshot')
  await host.breakMachines('resume', 1)
  await applyAnew()
  expect(await readdir(goldenDir())).toEqual([key])
  await applyAnew()
  expect(await readdir(goldenDir())).toEqual([])
}, 60_000)

const cuts: readonly (readonly [string, () => Promise<void>])[] = [
  ['state is cut', async () => truncate((await files()).state, 5)],
  ['disk is damaged', async () => writeFile((await files()).disk, 'x')],
  ['record is cut', async () => truncate((await files()).record, 5)],
  ['record is gone', async () => rm((await files()).record)],
]
test.each(cuts)(
  'a snapshot whose %s is made again',
  async (_what, damage) => {
    await host.ok('apply')
    await damage()
    await applyAnew()
    await host.ok('plan', '--exit-code')
    expect(await beginnings()).toEqual(['park', 'unpark', 'boot', 'park', 'unpark', 'boot'])
  },
  60_000,
)

test('a snapshot that cannot be kept does not stop the VM from starting', async () => {
  await mkdir(join(goldenDir(), '..'), { recursive: true })
  await symlink('/proc/nowhere', goldenDir())
  expect(await host.ok('apply')).toContain('it boots instead')
  await host.ok('plan', '--exit-code')
  expect(await host.boots()).toHaveLength(1)
})

test('with DESKTOP_GOLDEN=off every environment boots', async () => {
  host.env.DESKTOP_GOLDEN = 'off'
  await host.ok('apply')
  expect(await beginnings()).toEqual(['boot'])
})
