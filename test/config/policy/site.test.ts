import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSiteFile, siteFileOf } from '../../../src/config/policy/site.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'

const uid = process.getuid?.() ?? 0
const text = 'apiVersion: desktop/v1\npolicy:\n  - { name: cap, path: vm.memory, max: 8GiB }\n'
let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'site-'))
  await mkdir(join(dir, 'desktop'))
  file = join(dir, 'desktop', 'policy.yaml')
})
afterEach(() => rm(dir, { recursive: true }))

/** Here the user of the test stands for root. */
const read = async () => (await readSiteFile(file, uid))?.rules ?? []

test('a missing file means no rules', async () => {
  expect(await read()).toEqual([])
  file = join(dir, 'desktop', 'none', 'policy.yaml')
  expect(await read()).toEqual([])
})

test('its rules are read with their places', async () => {
  await writeFile(file, text)
  expect(await read()).toMatchObject([{ name: 'cap', severity: 'error', at: { file, line: 3, column: 13 } }])
})

test.each([0o664, 0o646, 0o666])('a file of mode %o is refused', async (mode) => {
  await writeFile(file, text)
  await chmod(file, mode)
  await expect(read()).rejects.toMatchObject({
    code: 'policy/site-file',
    exitCode: 5,
    hint: expect.stringContaining('chmod go-w'),
  })
})

test('a folder that others may write is refused: they could put another file there', async () => {
  await writeFile(file, text)
  await chmod(join(dir, 'desktop'), 0o777)
  await expect(read()).rejects.toMatchObject({
    code: 'policy/site-file',
    message: expect.stringContaining('this folder'),
  })
})

test('a link is as good as what it leads to', async () => {
  const real = join(dir, 'open', 'real.yaml')
  await mkdir(join(dir, 'open'))
  await writeFile(real, text)
  await symlink(real, file)
  expect(await read()).toHaveLength(1)
  await chmod(join(dir, 'open'), 0o777)
  await expect(read()).rejects.toMatchObject({ code: 'policy/site-file' })
})

test('a file of another user is refused', async () => {
  await writeFile(file, text)
  if (uid === 0) await chown(file, 1234, 1234)
  await expect(readSiteFile(file, uid === 0 ? 0 : uid + 1)).rejects.toMatchObject({
    code: 'policy/site-file',
    message: expect.stringContaining('belongs to uid'),
  })
})

test('a directory in its place is refused, not taken for no rules', async () => {
  await mkdir(file)
  await expect(read()).rejects.toMatchObject({ code: 'policy/site-file' })
})

test.each([
  ['vm: { cpus: 2 }\n', '"vm" is for desktop.yaml'],
  ['policy: [{ name: a, path: vm.memry, max: 1 }]\n', 'no configuration has a key vm.memry'],
  [`policy: [{ name: a, path: vm.memory, max: "\${CAP:-8GiB}" }]\n`, undefined],
  [`policy: [{ name: a, path: vm.memory, max: "\${CAP}" }]\n`, 'the environment variable CAP is not set'],
  ['policy: {}\n', 'policy must be a list'],
])('a mistake in it is reported with its place: %s', (rest, said) => {
  process.env.CAP = '64GiB'
  try {
    const [first] = mistakesOf(() => siteFileOf(`apiVersion: desktop/v1\n${rest}`, file))
    if (said === undefined) expect(first).toBeUndefined()
    else expect(first).toContain(said)
  } finally {
    delete process.env.CAP
  }
})
