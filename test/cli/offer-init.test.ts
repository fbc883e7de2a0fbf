/** `apply` without a desktop.yaml, with the real command, at a terminal and without one. */
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { terminal } from '../support/cli/terminal.ts'

const entry = join(import.meta.dirname, '../../src/cli/main.ts')

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'init-'))
})
afterAll(() => rm(dir, { recursive: true }))

function apply(env: NodeJS.ProcessEnv, args = ''): ReturnType<typeof terminal> {
  const { CI: _ci, ...rest } = process.env
  const xdg = {
    HOME: dir,
    XDG_STATE_HOME: dir,
    XDG_RUNTIME_DIR: dir,
    XDG_CACHE_HOME: dir,
    XDG_CONFIG_HOME: dir,
  }
  return terminal(`${process.execPath} ${entry} apply ${args}`, {
    cwd: dir,
    env: { ...rest, ...xdg, ...env },
  })
}

const file = (): string => join(dir, 'desktop.yaml')

test('apply without a file asks at a terminal, and anything but yes writes nothing', async () => {
  await using asked = apply({})
  await asked.sees('Write a first one and apply it? Type yes to continue: ', 60_000)
  asked.type('n\n')
  expect(await asked.ended).toBe(3)
  await expect(access(file())).rejects.toThrow('ENOENT')
})

test('apply without a file asks nobody in CI, and says how to get one', async () => {
  await using silent = apply({ CI: '1' })
  expect(await silent.ended).toBe(3)
  expect(silent.drawn()).toContain('desktop init')
  expect(silent.drawn()).not.toContain('Type yes')
})

test('yes writes the file and apply continues with it', async () => {
  // The created file is then rejected, so that no VM starts.
  await using agreed = apply({}, '--set vm.memory=1MiB')
  await agreed.sees('Type yes to continue: ', 60_000)
  agreed.type('yes\n')
  await agreed.sees('1MiB is too small', 60_000)
  expect(await agreed.ended).toBe(3)
  expect(await readFile(file(), 'utf8')).toContain('apiVersion: desktop/v1')
})
