/** An environment exists once a command has begun to change it. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { listEnvironments } from '../../../src/apply/environment/list.ts'
import { lockEnvironment } from '../../../src/apply/environment/lock.ts'
import { isThere, noEnvironment } from '../../../src/apply/environment/require-environment.ts'
import { run as apply } from '../../../src/cli/commands/apply.ts'
import { environmentPaths } from '../../../src/host/paths.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'require-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const quiet = { command: 'desktop stop', timeoutMs: 0, say: () => {} }

test('a lock that is held, or that a killed command left, makes no environment', async () => {
  const paths = environmentPaths('lab')
  const lock = await lockEnvironment(paths, quiet)
  expect(await readdir(paths.stateDir)).toEqual(['lock', 'lock.holder'])
  expect([await isThere(paths), await listEnvironments()]).toEqual([false, []])
  await lock[Symbol.asyncDispose]()
  await writeFile(join(paths.stateDir, 'lock.holder'), '{}')
  expect([await isThere(paths), await listEnvironments()]).toEqual([false, []])
  await writeFile(paths.journal, '')
  expect([await isThere(paths), (await listEnvironments()).map(({ name }) => name)]).toEqual([true, ['lab']])
})

test('a mistyped name is not answered with a folder that has only a lock', async () => {
  await using _lock = await lockEnvironment(environmentPaths('lob'), quiet)
  expect((await noEnvironment('lab')).hint).toBe('`desktop apply` creates one')
})

test('an apply of one machine on another host is refused before it makes a folder', async () => {
  const file = join(dir, 'desktop.yaml')
  const hosts = 'hosts: { builder: { ssh: builder } }\nvms: { m: {}, w: { host: builder } }\n'
  await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${hosts}`)
  const options = { file: [file], set: [], allow: [], only: [], lockTimeout: 0, machine: 'w.1' }
  const output = { interactive: false, say: () => {}, write: () => {} }
  await expect(apply(options, output as never)).rejects.toMatchObject({ code: 'hosts/elsewhere' })
  await mkdir(join(dir, 'STATE_HOME'), { recursive: true })
  expect(await readdir(join(dir, 'STATE_HOME'))).not.toContain('environments')
})
