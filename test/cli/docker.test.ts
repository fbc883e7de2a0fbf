/**
 * `desktop docker` with the real command: it becomes the client, with its terminal, signals and exit code.
 */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { terminal } from '../support/cli/terminal.ts'

let host: TestHost
let bin: string
beforeAll(async () => {
  host = await testHost()
  await host.write()
  bin = join(host.dir, 'client')
  await mkdir(bin)
  await client('printf "%s\\n" "$@"; exit 7')
}, 60_000)
afterAll(() => host?.[Symbol.asyncDispose](), 30_000)

const client = (script: string): Promise<void> =>
  writeFile(join(bin, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

const command = `${process.execPath} ${'DIST'} docker`
const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...host.env,
  PATH: `${bin}:${host.env.PATH}`,
  ...more,
})
const at = (args: string, more: Record<string, string> = {}) =>
  terminal(`${command.replace('DIST', join(host.dir, 'desktop', 'dist', 'desktop.js'))} ${args}`, {
    cwd: host.dir,
    env: env(more),
  })

test("every argument is the client's, and so is the exit code", async () => {
  await using docker = at("run --rm -f x -- 'a b' --help")
  expect(await docker.ended).toBe(7)
  const drawn = docker.drawn().replaceAll('\r', '').split('\n')
  expect(drawn.filter((line) => line !== '').slice(-7)).toEqual([
    'run',
    '--rm',
    '-f',
    'x',
    '--',
    'a b',
    '--help',
  ])
})

test("the client's socket is this environment's, whatever the user's variables say", async () => {
  await client('env | grep -E "^(DOCKER|TESTCONTAINERS)" | sort')
  await using docker = at('ps', { DOCKER_CONTEXT: 'other', DOCKER_TLS_VERIFY: '1', DOCKER_HOST: 'tcp://x' })
  expect(await docker.ended).toBe(0)
  const lines = docker.drawn().replaceAll('\r', '').split('\n')
  expect(lines).toContain(`DOCKER_HOST=unix://${host.paths.sockets.docker}`)
  expect(lines).toContain('TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE=/var/run/docker.sock')
  expect(lines).toContain('TESTCONTAINERS_HOST_OVERRIDE=localhost')
  expect(docker.drawn()).not.toMatch(/DOCKER_CONTEXT|TLS/)
  expect(docker.drawn()).toContain('is not running; `desktop apply` starts it')
})

test('the client has the terminal, and Ctrl-C reaches it alone', async () => {
  await client(
    'trap "echo caught; exit 9" INT; test -t 0 && test -t 1 && echo "tty $(stty size)"; while :; do read x; done',
  )
  await using docker = at('attach x')
  await docker.sees('tty 40 100')
  docker.type('\u0003')
  await docker.sees('caught')
  expect(await docker.ended).toBe(9)
})

test('a signal to the command is a signal to the client: it is the same process', async () => {
  await client('trap "exit 3" TERM; echo "pid $$"; while :; do sleep 0.05; done')
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [join(host.dir, 'desktop', 'dist', 'desktop.js'), 'docker', 'wait'], {
    cwd: host.dir,
    env: env(),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(String(line).trim()).toBe(`pid ${child.pid}`)
  child.kill('SIGTERM')
  expect((await once(child, 'exit'))[0]).toBe(3)
})

test('env prints what compose, testcontainers and dockerode read, and takes back what would lead elsewhere', async () => {
  host.env.DOCKER_TLS_VERIFY = '1'
  const text = await host.ok('env')
  delete host.env.DOCKER_TLS_VERIFY
  expect(text).toBe(`unset DOCKER_TLS_VERIFY
export DOCKER_HOST='unix://${host.paths.sockets.docker}'
export TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE='/var/run/docker.sock'
export TESTCONTAINERS_HOST_OVERRIDE='localhost'
export TESTCONTAINERS_CONNECTION_MODE='docker_host'
`)
  expect(JSON.parse(await host.ok('env', '--json'))).toEqual({
    DOCKER_HOST: `unix://${host.paths.sockets.docker}`,
    TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE: '/var/run/docker.sock',
    TESTCONTAINERS_HOST_OVERRIDE: 'localhost',
    TESTCONTAINERS_CONNECTION_MODE: 'docker_host',
  })
})

test('a folder that is bound and not shared is named before the client runs', async () => {
  await client('exit 0')
  await using docker = at(`run -v ${host.dir}:/x box`)
  expect(await docker.ended).toBe(0)
  expect(docker.drawn()).toContain(`${host.dir} is not shared with the VM`)
  expect(docker.drawn()).toContain('{ source: ".", writable: true }')
})
