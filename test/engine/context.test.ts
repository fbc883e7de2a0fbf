import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readContext, removeContext, setContext } from '../../src/engine/context.ts'
import { findProgram } from '../../src/host/packages.ts'
import { run } from '../../src/host/run.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'context-'))
  vi.stubEnv('DOCKER_CONFIG', dir)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true, force: true })
})

const docker = await findProgram('docker')

test('a context that was set is read back, and is gone once removed', async () => {
  expect(await readContext('desktop-x')).toBeUndefined()
  await setContext('desktop-x', 'unix:///run/x.sock')
  expect(await readContext('desktop-x')).toBe('unix:///run/x.sock')
  await removeContext('desktop-x')
  expect(await readContext('desktop-x')).toBeUndefined()
})

test('the current context is left alone', async () => {
  await writeFile(join(dir, 'config.json'), '{"currentContext":"other"}')
  await setContext('desktop-x', 'unix:///run/x.sock')
  expect(await readFile(join(dir, 'config.json'), 'utf8')).toBe('{"currentContext":"other"}')
})

test.skipIf(docker === undefined)('the docker command sees the context', async () => {
  await setContext('desktop-x', 'unix:///run/x.sock')
  const { stdout, stderr } = await run([
    docker ?? '',
    'context',
    'inspect',
    'desktop-x',
    '-f',
    '{{.Endpoints.docker.Host}}',
  ])
  expect(stdout.trim(), stderr).toBe('unix:///run/x.sock')
})
