/** bin/desktop in a checkout always runs the current sources, however they were changed. */
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunResult, run } from '../../src/host/run.ts'
import { copyCheckout } from '../support/bin/checkout.ts'

const root = join(import.meta.dirname, '../..')
const source = 'src/cli/views/version.ts'
let checkout: string

const at = (path: string): string => join(checkout, path)
const desktop = (command: string = at('bin/desktop')): Promise<RunResult> =>
  run([command, 'version'], { cwd: tmpdir() })
const builtAt = async (): Promise<number> => (await stat(at('dist/built.json'))).mtimeMs

/** Makes the source print another version. */
async function edit(name: string): Promise<void> {
  const text = await readFile(join(root, source), 'utf8')
  await writeFile(at(source), text.replace('    desktop,\n    commit:', `    ${name}: desktop,\n    commit:`))
}

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'))
  await copyCheckout(checkout)
}, 60_000)
afterAll(() => rm(checkout, { recursive: true, force: true }))

test('the first start builds, and the next ones do not', { timeout: 120_000 }, async () => {
  expect(await desktop()).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('desktop ') })
  const first = await builtAt()
  expect(await desktop()).toMatchObject({ code: 0, stderr: '' })
  expect(await builtAt()).toBe(first)
})

test('an edit is there at the next start, and its undoing too', { timeout: 120_000 }, async () => {
  await edit('edited')
  expect((await desktop()).stdout).toContain('edited ')
  await edit('desktop')
  expect((await desktop()).stdout).toContain('desktop ')
})

test('a file that is older than the build and takes the place of another is seen', {
  timeout: 120_000,
}, async () => {
  const aside = at('aside.ts')
  await edit('older')
  await cp(at(source), aside)
  await edit('desktop')
  expect((await desktop()).stdout).toContain('desktop ')
  await cp(aside, at(source))
  await utimes(at(source), 1_000_000_000, 1_000_000_000)
  expect((await desktop()).stdout).toContain('older ')
})

test('sources that cannot be built are an error, and no earlier build runs in their place', {
  timeout: 120_000,
}, async () => {
  await writeFile(at(source), 'export const run = (')
  const { code, stdout, stderr } = await desktop()
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('the command could not be built')
  await edit('desktop')
  expect((await desktop()).stdout).toContain('desktop ')
})

test('it is found through links, relative ones too', { timeout: 60_000 }, async () => {
  await mkdir(at('links'))
  await symlink('../bin/desktop', at('links/relative'))
  await symlink(at('links/relative'), at('links/absolute'))
  for (const link of ['relative', 'absolute']) expect((await desktop(at(`links/${link}`))).code).toBe(0)
})
