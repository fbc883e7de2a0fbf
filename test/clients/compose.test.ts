/** Typical compose files, with Debian's compose v2. The tests share a VM; each has its own project. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { ok } from '../e2e/environment.ts'
import { freePorts } from '../support/free-ports.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'

let clients: ClientMachine

beforeAll(async () => {
  clients = await clientMachine('compose', ['box'])
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

interface Compose extends AsyncDisposable {
  dir: string
  /** Standard output of `docker compose ARGS`, which must succeed. */
  (...args: string[]): Promise<string>
}

/** Removes the project with its volumes at the end. */
function compose(name: string, env: Record<string, string> = {}): Compose {
  const { dir, docker } = clients.project(name)
  const call = (...args: string[]): Promise<string> => ok(docker(['compose', ...args], env))
  return Object.assign(call, {
    dir,
    [Symbol.asyncDispose]: async () => {
      await call('--profile', '*', 'down', '-v', '-t', '0', '--remove-orphans')
    },
  })
}

const lines = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean).sort()

test('a service starts after the one it depends on is healthy, or has completed', async () => {
  await using project = compose('health')
  await project('up', '-d', '--wait')
  const { docker } = clients.project('health')
  const times = async (service: string, format: string): Promise<number> =>
    Date.parse((await ok(docker(['inspect', '-f', format, `health-${service}-1`]))).trim())
  const ready = await times(
    'db',
    '{{(index .State.Health.Log 0).Start.Format "2006-01-02T15:04:05.999Z07:00"}}',
  )
  const migrate = await times('migrate', '{{.State.StartedAt}}')
  const migrated = await times('migrate', '{{.State.FinishedAt}}')
  expect(migrate).toBeGreaterThan(ready)
  expect(await times('web', '{{.State.StartedAt}}')).toBeGreaterThan(migrated)
})

test('services of a profile start with that profile only', async () => {
  await using project = compose('profiles')
  await project('up', '-d')
  expect(lines(await project('ps', '--services'))).toEqual(['web'])
  await project('--profile', 'debug', 'up', '-d')
  expect(lines(await project('ps', '--services'))).toEqual(['debug', 'web'])
})

test('extends, include, an override file, env_file and .env are merged', async () => {
  await using project = compose('extends')
  expect(await project('run', '--rm', '-T', 'web')).toBe('base override file dotenv default\n')
  expect(await project('run', '--rm', '-T', 'other')).toBe('included\n')
})

test('secrets and configs come from files of the share, the environment and the compose file', async () => {
  await using project = compose('secrets', { CLIENT_SECRET: 'hidden\n' })
  expect(await project('run', '--rm', '-T', 'app')).toBe('secret\nhidden\nconfig\ninline\n')
})

test('each replica of a scaled service has a port of the range, and the name leads to all', async () => {
  const [first = 0] = await freePorts(1)
  const url = (at: number): string => `http://127.0.0.1:${first + at}/`
  await using project = compose('scale', { FIRST: `${first}`, LAST: `${first + 2}` })
  await project('up', '-d', '--scale', 'web=3')
  const names = await Promise.all([0, 1, 2].map((at) => answer(url(at))))
  expect(new Set(names).size).toBe(3)
  const addresses = await project('exec', '-T', 'web', 'nslookup', 'web', '127.0.0.11')
  expect(addresses.match(/^Address.*172\.\S+$/gm)).toHaveLength(3)
  await project('up', '-d', '--scale', 'web=1')
  const open = await Promise.all([0, 1, 2].map((at) => fetch(url(at)).then(Boolean, () => false)))
  expect(open.filter(Boolean)).toHaveLength(1)
})

/** The server's response, once it is listening. */
const answer = (url: string): Promise<string> =>
  until(
    () =>
      fetch(url).then(
        (reply) => reply.text(),
        () => undefined,
      ),
    { deadlineMs: 30_000 },
  )

test('limits, capabilities, sysctls, tmpfs, volumes and folders of a service are what the container has', async () => {
  await using project = compose('options')
  await project('up', '-d')
  const seen = (line: string): Promise<string> => project('exec', '-T', 'app', 'sh', '-c', line)
  const facts =
    'hostname; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max; ulimit -n; cat /proc/sys/net/core/somaxconn; grep CapEff /proc/self/status; cat /here/file'
  expect((await seen(facts)).split('\n')).toEqual([
    'named',
    `${64 * 2 ** 20}`,
    '50000 100000',
    '50',
    '1234',
    '512',
    'CapEff:\t0000000000000000',
    'here',
    '',
  ])
  await seen('echo kept >/data/file; echo x >/tmp/x; ! touch /root-is-read-only 2>/dev/null')
  expect(await seen('df -m /dev/shm | tail -1')).toMatch(/\s32\s/)
  await project('down', '-t', '0')
  await project('up', '-d')
  expect(await seen('cat /data/file; ls /tmp')).toBe('kept\n')
})

test('aliases, addresses of a subnet and internal networks reach whom they should', async () => {
  await using project = compose('networks')
  await project('up', '-d')
  const ping = (from: string, to: string) =>
    clients.project('networks').docker(['compose', 'exec', '-T', from, 'ping', '-c1', '-W2', to])
  expect((await ping('outside', 'www')).code).toBe(0)
  expect((await ping('inside', '10.201.7.9')).code).toBe(0)
  expect((await ping('outside', 'host.docker.internal')).code).toBe(0)
  expect((await ping('inside', 'outside')).code).not.toBe(0)
  expect((await ping('inside', '192.168.65.2')).code).not.toBe(0)
})

test('commands on a running project: cp, exec with its exit code, logs, restart, stop', async () => {
  await using project = compose('options')
  await project('up', '-d')
  const { dir, docker } = clients.project('options')
  await writeFile(join(dir, 'copied'), 'there and back\n')
  await project('cp', 'copied', 'app:/data/copied')
  await project('cp', 'app:/data/copied', 'back')
  expect(await project('exec', '-T', 'app', 'cat', '/data/copied')).toBe('there and back\n')
  expect((await docker(['compose', 'exec', '-T', 'app', 'sh', '-c', 'exit 7'])).code).toBe(7)
  await project('exec', '-T', 'app', 'sh', '-c', 'echo logged >/proc/1/fd/1')
  expect(await project('logs', '--no-log-prefix', 'app')).toContain('logged\n')
  await project('restart', '-t', '0', 'app')
  await project('stop', '-t', '0')
  expect(lines(await project('ps', '--services'))).toEqual([])
  expect(lines(await project('ps', '--services', '-a'))).toEqual(['app'])
})
