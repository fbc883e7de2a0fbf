/**
 * Two machines of one file on real VMs: they reach each other by name, form a swarm and run a stack, and manual
 * changes are detected and reverted. The tests share the machines and run in order.
 */
import { readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Many keys, so that a default of the engine that is compared as a change shows. */
const stack = (label: string, more = ''): string => `services:
  web:
    image: box
    init: true
    command: ${JSON.stringify(docker.httpServer('from the stack'))}
    ports: ["${port}:80"]
    labels: { color: ${label} }
    environment: { A: b, EMPTY: "" }
    configs: [{ source: page, target: /etc/page, mode: 0440 }]
    secrets: [word]
    networks: { front: { aliases: [site] } }
    volumes: ["data:/data", { type: tmpfs, target: /scratch }]
    stop_grace_period: 1s
    ulimits: { nofile: 1024 }
    logging: { driver: json-file, options: { max-size: 1m } }
    deploy:
      replicas: 6
      labels: { x: z }
      placement: { preferences: [{ spread: node.id }] }
      restart_policy: { condition: on-failure, delay: 1s }
      resources: { limits: { memory: 20M } }
      update_config: { parallelism: 3, order: start-first, monitor: 1s, failure_action: rollback }
      rollback_config: { parallelism: 1 }
  pinned:
    image: box
    init: true
    command: [sleep, "100000"]
    stop_grace_period: 1s
    deploy: { placement: { constraints: ["node.labels.disk == fast"] }, update_config: { monitor: 1s } }
${more}networks: { front: { attachable: true } }
configs: { page: { file: page.txt } }
secrets: { word: { file: page.txt } }
volumes: { data: {} }
`
const extra = `  extra:
    image: box
    init: true
    command: [sleep, "100000"]
    stop_grace_period: 1s
    deploy: { mode: global, update_config: { monitor: 1s } }
`
const writeStack = (text: string): Promise<void> => writeFile(join(machines.dir, 'stack.yaml'), text)

/** Ids of running tasks, by service. */
async function tasks(service: string): Promise<string[]> {
  const filter = ['--filter', 'desired-state=running']
  return (await onManager('service', 'ps', '--quiet', ...filter, service)).trim().split('\n').sort()
}

test('a stack is deployed, and its six replicas answer through a port of this host when apply has ended', async () => {
  for (const machine of ['m.1', 'w.1']) await desktop('docker', machine, '--', 'import', docker.rootfs, 'box')
  await writeFile(join(machines.dir, 'page.txt'), 'page')
  await writeStack(stack('red', extra))
  await machines.write(`${file}swarm: { stack: ./stack.yaml }\n`)
  expect(await desktop('plan')).toContain('swarm.stack.lab_web: (none) → box:latest   # stack.yaml:2:3')
  await desktop('apply')
  const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(30_000) })
  expect(await answer.text()).toBe('from the stack')
  expect(await tasks('lab_web')).toHaveLength(6)
  await desktop('plan', '--exit-code')
  expect(await desktop('status')).toMatch(/services: 3 of 3 converged\n(.*\n)+ {4}lab_web +6\/6\n/)
})

test('a changed label replaces the tasks of its service only, and a service that left the file is removed', async () => {
  const [web, pinned] = await Promise.all([tasks('lab_web'), tasks('lab_pinned')])
  await writeStack(stack('blue'))
  const plan = await desktop('plan')
  expect(plan).toContain('swarm.stack.lab_web.labels.color: (not shown) → blue   # stack.yaml:7:')
  expect(plan).toContain('containers stop: lab_extra (2 tasks), lab_web (6 tasks)')
  await desktop('apply')
  expect(await tasks('lab_pinned')).toEqual(pinned)
  const replaced = await tasks('lab_web')
  expect([replaced.length, replaced.filter((id) => web.includes(id))]).toEqual([6, []])
  const names = await onManager('service', 'ls', '--format', '{{.Name}}')
  expect(names.trim().split('\n').sort()).toEqual(['lab_pinned', 'lab_web'])
})

test('a service that was changed by hand is drift with its key, and apply changes it back', async () => {
  await onManager('service', 'update', '--detach', '--replicas', '2', '--label-add', 'a=b', 'lab_pinned')
  const drift = await desktop('drift')
  expect(drift).toContain('swarm.stack.lab_pinned.deploy.replicas: 2; should be 1')
  expect(drift).toContain('swarm.stack.lab_pinned.deploy.labels.a: (not shown)')
  await desktop('apply')
  await desktop('drift', '--exit-code')
})

test('a mistake in the stack file stops the plan at its line, and nothing is changed', async () => {
  await writeStack(`${stack('green')}bogus: 1\n`)
  const { code, stderr } = await machines.desktop('apply')
  expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('stack.yaml:')])
  expect(code).not.toBe(0)
  await writeStack(stack('blue'))
  await desktop('plan', '--exit-code')
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
  // Tasks that are to run on the node start after the apply, and are drift until then.
  const isInSync = async (): Promise<boolean> => (await machines.desktop('drift', '--exit-code')).code === 0
  await desktop('apply')
  await until(isInSync, { deadlineMs: 60_000 })
  await desktop('docker', 'w.1', '--', 'swarm', 'leave')
  expect(await desktop('drift')).toContain('vms.w.swarm: (none); should be worker')
  await desktop('apply')
  await until(isInSync, { deadlineMs: 60_000 })
  const ids = await onManager('node', 'ls', '--quiet')
  expect(ids.trim().split('\n')).toHaveLength(2)
})

test.each([
  ['the connection between the switches', { part: 'trunk', machine: 'm.1' }],
  ['a supervisor', { part: 'supervisor', machine: 'w.1' }],
] as const)('after %s was killed, one apply restores nodes and tasks', async (_what, fault) => {
  const service = { name: 'lab_web', tasks: 6 }
  await kill(
    { environment: machines, machines: ['m.1', 'w.1'], managers: 1, service, convergedMs: 200_000 },
    [fault],
  )
})

test('no join token is in what this host keeps', async () => {
  const { code, stdout } = await run(['grep', '-rlI', 'SWMTKN', machines.dir])
  expect([code, stdout]).toEqual([1, ''])
})
