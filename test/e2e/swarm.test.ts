/**
 * Two machines of one file on real VMs: they reach each other by name and form a swarm, and manual changes
 * are detected and reverted. The tests share the machines and run in order.
 */
import { readlink } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { memoryFd } from '../../src/vm/qemu/descriptors.ts'
import { freePorts } from '../support/free-ports.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import { kill } from './kill-rounds.ts'

let docker: Docker
let machines: TestEnvironment
let port = 0

const size = 'cpus: 1, memory: 512MiB, disk: 2GiB'
const file = `vms:
  m: { ${size}, swarm: manager }
  w: { ${size}, swarm: worker, labels: { disk: fast } }
`
const desktop = (...args: string[]): Promise<string> => ok(machines.desktop(...args))
const onManager = (...args: string[]): Promise<string> => desktop('docker', 'm.1', '--', ...args)

beforeAll(async () => {
  docker = await dockerForTests()
  machines = await testEnvironment(docker.cli, { name: 'lab' })
  const [free = 0] = await freePorts(1)
  port = free
  await machines.write(file)
  await desktop('apply')
})

afterAll(async () => {
  await machines?.[Symbol.asyncDispose]()
})

test('machines reach each other by name, and a command runs in the one that it names', async () => {
  await desktop('exec', 'm.1', '--', 'ping', '-c', '1', '-W', '10', 'w.1.lab.internal')
  expect(await desktop('exec', 'w.1', '--', 'hostname')).toBe('w-1\n')
})

test('machines of one sizing start from one snapshot, and share its memory', async () => {
  const memories = await Promise.all(
    ['m.1', 'w.1'].map(async (machine) => {
      const { vm } = JSON.parse(await desktop('status', '--json', '--machine', machine)) as {
        vm: { pid: number }
      }
      return await readlink(`/proc/${vm.pid}/fd/${memoryFd}`)
    }),
  )
  expect(memories[0]).toMatch(/^\/memfd:desktop-golden-/)
  expect(memories[1]).toBe(memories[0])
})

test('apply forms the swarm of the file, with labels, and leaves nothing to do', async () => {
  const nodes = await onManager('node', 'ls', '--format', '{{.Hostname}} {{.Status}} {{.ManagerStatus}}')
  expect(nodes.split('\n').map((line) => line.trim())).toEqual(['m-1 Ready Leader', 'w-1 Ready', ''])
  expect(await desktop('status')).toContain('swarm: 1 of 1 managers answer, 1 needed')
  await desktop('plan', '--exit-code')
})

test('a service on the labelled node answers through a port of this host', async () => {
  for (const machine of ['m.1', 'w.1']) await desktop('docker', machine, '--', 'import', docker.rootfs, 'box')
  const where = ['--constraint', 'node.labels.disk==fast', '--publish', `${port}:80`]
  const options = ['--detach', '--no-resolve-image', '--name', 'web', ...where]
  await onManager('service', 'create', ...options, 'box', ...docker.httpServer('from the swarm'))
  const get = async (): Promise<string | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) })
    return await answer.text()
  }
  const answer = await until(() => get().catch(() => undefined), { deadlineMs: 60_000, intervalMs: 250 })
  expect(answer).toBe('from the swarm')
})

test('nodes that were changed by hand, or left, are drift, and apply changes them back', async () => {
  const update = ['--availability', 'drain', '--label-rm', 'disk', '--label-add', 'a=b']
  await onManager('node', 'update', ...update, 'w-1')
  const drift = await desktop('drift')
  for (const text of [
    'vms.w.labels.disk: (none); should be fast',
    'vms.w.labels.a: b',
    'swarm.w.1.availability: drain',
  ])
    expect(drift).toContain(text)
  await desktop('apply')
  await desktop('drift', '--exit-code')
  await desktop('docker', 'w.1', '--', 'swarm', 'leave')
  expect(await desktop('drift')).toContain('vms.w.swarm: (none); should be worker')
  await desktop('apply')
  await desktop('drift', '--exit-code')
  const ids = await onManager('node', 'ls', '--quiet')
  expect(ids.trim().split('\n')).toHaveLength(2)
})

test.each([
  ['the connection between the switches', { part: 'trunk', machine: 'm.1' }],
  ['a supervisor', { part: 'supervisor', machine: 'w.1' }],
] as const)('after %s was killed, one apply restores nodes and tasks', async (_what, fault) => {
  const service = { name: 'web', tasks: 1 }
  await kill(
    { environment: machines, machines: ['m.1', 'w.1'], managers: 1, service, convergedMs: 200_000 },
    [fault],
  )
})

test('no join token is in what this host keeps', async () => {
  const { code, stdout } = await run(['grep', '-rlI', 'SWMTKN', machines.dir])
  expect([code, stdout]).toEqual([1, ''])
})
