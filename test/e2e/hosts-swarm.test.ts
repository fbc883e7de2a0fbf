/**
 * A machine on this host and one on another, on real VMs: one plan, one switch, one swarm, and faults of ssh and of the
 * network between them. The tests share the machines and run in order.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { freePorts } from '../support/free-ports.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import { type OtherHost, otherHost } from './other-host.ts'

let docker: Docker
let machines: TestEnvironment
let builder: OtherHost
let port = 0

const size = 'cpus: 1, memory: 512MiB, disk: 2GiB'
const file = `vms:
  m: { ${size}, swarm: manager }
  w: { ${size}, swarm: worker, host: builder, labels: { disk: fast } }
hosts: { builder: { ssh: builder } }
`
const desktop = (...args: string[]): Promise<string> => ok(machines.desktop(...args))
const ping = (from: string, to: string): Promise<boolean> =>
  machines
    .desktop('exec', from, '--', 'ping', '-c', '1', '-W', '2', `${to}.lab.internal`)
    .then(({ code }) => code === 0)

beforeAll(async () => {
  docker = await dockerForTests()
  machines = await testEnvironment(docker.cli, { name: 'lab' })
  await machines.write(file)
  await desktop('image', 'build')
  builder = await otherHost({ images: true })
  machines.env.PATH = `${builder.bin}:${process.env.PATH}`
  const [free = 0] = await freePorts(1)
  port = free
  await desktop('hosts', 'install', 'builder')
  await desktop('apply')
})

afterAll(async () => {
  await machines?.[Symbol.asyncDispose]()
  await builder?.[Symbol.asyncDispose]()
})

test('one apply starts both machines and forms one swarm, and leaves nothing to do', async () => {
  const nodes = await desktop('docker', 'm.1', '--', 'node', 'ls', '--format', '{{.Hostname}} {{.Status}}')
  expect(nodes.trim().split('\n')).toEqual(['m-1 Ready', 'w-1 Ready'])
  await desktop('plan', '--exit-code')
  expect(await ok(builder.run('desktop', 'ls'))).toMatch(/^lab\.w\.1 +running .* \S+:\/.*dt-\w+$/m)
  expect(await desktop('ls')).not.toContain('lab.w.1')
})

test('the machines reach each other by name, and a command runs in the one that it names', async () => {
  expect(await ping('m.1', 'w.1')).toBe(true)
  expect(await ping('w.1', 'm.1')).toBe(true)
  expect(await desktop('exec', 'w.1', '--', 'hostname')).toBe('w-1\n')
  expect(await machines.desktop('logs', 'w.1')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('w.1 is on builder') as string,
  })
})

test('a service on the other host answers through a port of this host', async () => {
  await desktop('docker', 'w.1', '--', 'import', docker.rootfs, 'box')
  const where = ['--constraint', 'node.labels.disk==fast', '--publish', `${port}:80`]
  const options = ['--detach', '--no-resolve-image', '--name', 'web', ...where]
  const command = ['box', ...docker.httpServer('from builder')]
  await desktop('docker', 'm.1', '--', 'service', 'create', ...options, ...command)
  const get = async (): Promise<string | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) })
    return await answer.text()
  }
  expect(await until(() => get().catch(() => undefined), { deadlineMs: 60_000, intervalMs: 250 })).toBe(
    'from builder',
  )
})

test('after its ssh is killed, the switch is whole again within 30 s', async () => {
  await kill(join(machines.env.XDG_STATE_HOME ?? '', 'desktop/hosts'))
  const healed = until(() => ping('m.1', 'w.1'), { deadlineMs: 30_000, intervalMs: 100 })
  await expect(healed).resolves.toBe(true)
})

test('while the hosts are apart both run on, and within 30 s of the end they are one again', async () => {
  await builder.link('down')
  const { code, stdout } = await machines.desktop('drift', '--exit-code')
  expect([code, stdout]).toEqual([2, expect.stringContaining('w.1 is unknown and left as found') as string])
  expect(await desktop('exec', 'm.1', '--', 'hostname')).toBe('m-1\n')
  expect(await ok(builder.run('desktop', 'ls'))).toMatch(/^lab\.w\.1 +running/m)
  await builder.link('up')
  await until(() => ping('m.1', 'w.1'), { deadlineMs: 30_000, intervalMs: 100 })
  await until(async () => (await machines.desktop('drift', '--exit-code')).code === 0, { deadlineMs: 60_000 })
})

test('no join token is in what either host keeps', async () => {
  for (const dir of [machines.dir, join(builder.home, '.local/state')]) {
    const { code, stdout } = await run(['grep', '-rlI', 'SWMTKN', dir])
    expect([code, stdout]).toEqual([1, ''])
  }
})

/** Ends the ssh process that has this folder's connection. */
async function kill(folder: string): Promise<void> {
  let found = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!command.startsWith(`ssh: ${folder}`)) continue
    process.kill(Number(pid), 'SIGKILL')
    found += 1
  }
  expect(found).toBe(1)
}
