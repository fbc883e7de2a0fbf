/** Debian's docker client, compose and buildx on a host whose docker is hidden. With an engine: machine.test.ts. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dockerClient, hostGlibc } from '../../src/guest/debian/client.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'

const checkout = join(import.meta.dirname, '../..')
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dt-client-'))
  await mkdir(join(dir, 'run'), { mode: 0o700 })
  await writeFile(join(dir, 'desktop.yaml'), 'apiVersion: desktop/v1\nname: client\n')
  await dockerClient({ cache: cachePaths(), glibc: hostGlibc() })
}, 300_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

const docker = (...args: string[]) =>
  run([process.execPath, join(checkout, 'bin/start.js'), 'docker', ...args], {
    cwd: dir,
    env: {
      PATH: dirname(process.execPath),
      DOCKER_CONFIG: join(dir, 'docker'),
      XDG_STATE_HOME: join(dir, 'state'),
      XDG_RUNTIME_DIR: join(dir, 'run'),
    },
  })

test.each([
  [['--version'], /^Docker version \d+/],
  [['compose', 'version'], /^Docker Compose version \d+/],
  [['buildx', 'version'], /buildx \d+/],
])('without a docker in PATH `desktop docker` answers to %j', { timeout: 60_000 }, async (args, answer) => {
  const { code, stdout, stderr } = await docker(...args)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(answer)
})

test("an absent engine gives docker's own error and exit code, after our hint", {
  timeout: 60_000,
}, async () => {
  const { code, stderr } = await docker('ps')
  expect(stderr).toContain('client is not running; `desktop apply` starts it')
  expect(stderr).toContain(`unix://${join(dir, 'run')}`)
  expect(code).toBe(1)
})

test('with its own libc the client starts compose and buildx too, on any host', {
  timeout: 60_000,
}, async () => {
  const found = await dockerClient({ cache: cachePaths(), glibc: undefined })
  const { stdout } = await run([found.docker, '--version'])
  expect(stdout).toMatch(/^Docker version \d+/)
  for (const plugin of Object.values(found.plugins)) {
    const { stdout: metadata } = await run([plugin, 'docker-cli-plugin-metadata'])
    expect(JSON.parse(metadata)).toMatchObject({ SchemaVersion: '0.1.0' })
  }
})

test('the client with its own libc still starts after the cache was moved, also through a link', {
  timeout: 60_000,
}, async () => {
  const { docker: path } = await dockerClient({ cache: cachePaths(), glibc: undefined })
  await cp(join(dirname(path), '..'), join(dir, 'moved'), { recursive: true })
  const moved = join(dir, 'moved', 'own', 'docker')
  await symlink(moved, join(dir, 'linked'))
  for (const program of [moved, join(dir, 'linked')]) {
    const { stdout, stderr } = await run([program, '--version'])
    expect(stdout, stderr).toMatch(/^Docker version \d+/)
  }
})
