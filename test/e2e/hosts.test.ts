/**
 * A machine on this host and one on another, over a real ssh between two network namespaces and two users: installing
 * desktop there, one plan, and a cut link. No VM boots.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { post } from '../../src/supervisor/api/call.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import { type OtherHost, otherHost } from './other-host.ts'

let machines: TestEnvironment
let builder: OtherHost

const size = 'cpus: 1, memory: 512MiB, disk: 2GiB'
const file = (memory = '512MiB'): string => `vms:
  m: { ${size}, swarm: manager }
  w: { cpus: 1, memory: ${memory}, swarm: worker, host: builder }
hosts: { builder: { ssh: builder } }
guest: { files: [{ path: etc/lab, contents: both hosts }] }
`
const desktop = (...args: string[]): Promise<string> => ok(machines.desktop(...args))

beforeAll(async () => {
  machines = await testEnvironment('docker', { name: 'lab' })
  builder = await otherHost()
  machines.env.PATH = `${builder.bin}:${process.env.PATH}`
  await machines.write(file())
})

afterAll(async () => {
  await disconnect().catch(() => {})
  await machines?.[Symbol.asyncDispose]()
  await builder?.[Symbol.asyncDispose]()
})

const deadline = { deadlineMs: 60_000 }

/** Ends the shared ssh connections. */
async function disconnect(): Promise<void> {
  const { stdout } = await run(['find', machines.dir, '-type', 's', '-name', 'c'])
  for (const path of stdout.split('\n').filter(Boolean)) {
    await run(['ssh', '-F', 'none', '-O', 'exit', '-S', path, 'builder'])
    await until(async () => !existsSync(path), deadline)
  }
}

test('a host without desktop is an error of the plan with its line, and hosts install solves it', async () => {
  const without = await machines.desktop('plan')
  expect(without.code).toBe(4)
  expect(without.stdout).toMatch(/builder \(builder\) has no desktop +# desktop\.yaml:6/)
  const installed: unknown = JSON.parse(await desktop('hosts', 'install', 'builder', '--json'))
  const text = await readFile(join(import.meta.dirname, '../../schemas/results.schema.json'), 'utf8')
  const { definitions } = JSON.parse(text) as { definitions: Record<string, object> }
  expect(new Ajv().validate(definitions['hosts install'] ?? false, installed)).toBe(true)
  expect(await ok(builder.run('desktop', '--version'))).toBe(await desktop('--version'))
})

test('one plan has the operations of both hosts: images, the switch and the swarm', async () => {
  const { operations } = JSON.parse(await desktop('plan', '--json')) as { operations: { id: string }[] }
  const ids = operations.map(({ id }) => id)
  for (const id of ['m.1/vm/start', 'w.1/vm/start', 'w.1/image/build', 'm.1/swarm/init', 'w.1/swarm/join'])
    expect(ids).toContain(id)
  for (const machine of ['m.1', 'w.1']) expect(ids).toContain(`${machine}/peers/set`)
})

test('more memory than the other host has is an error with its line', async () => {
  await machines.write(file('400GiB'))
  const { code, stdout } = await machines.desktop('plan')
  await machines.write(file())
  expect(code).toBe(4)
  expect(stdout).toMatch(/w\.1 on builder: 400GiB exceeds the memory of builder .*# desktop\.yaml:5/)
})

test('an sshd that forwards no unix sockets is an error of the plan with its line', async () => {
  await disconnect()
  await builder.sshd('AllowStreamLocalForwarding no')
  const { code, stdout } = await machines.desktop('plan')
  await disconnect()
  await builder.sshd()
  expect(code).toBe(4)
  expect(stdout).toMatch(/sshd of builder \(builder\) forwards no unix sockets +# desktop\.yaml:6/)
  expect(await desktop('plan')).not.toContain('forwards no')
})

test('planning leaves no environment on either host', async () => {
  expect(await ok(builder.run('desktop', 'ls'))).toContain('no environments')
  expect(await desktop('ls')).toContain('no environments')
})

test('while the link is cut the machine there is unknown and the rest is planned, and then both are planned again', async () => {
  await builder.link('down')
  const { code, stdout } = await machines.desktop('drift', '--exit-code')
  expect([code, stdout]).toEqual([2, expect.stringContaining('w.1 is unknown and left as found') as string])
  expect(stdout).toContain('not running')
  expect(await desktop('status')).toMatch(/w\.1 .* unknown/)
  await builder.link('up')
  await expect.poll(() => desktop('plan'), { timeout: 30_000 }).toContain('w.1: start the VM lab.w.1')
})

/** Number of machines that a machine's switch is joined with. */
async function joined(machine: string, home?: string): Promise<number | undefined> {
  const dirs = baseDirs(home === undefined ? { ...process.env, ...machines.env } : { HOME: home })
  const { control } = environmentPaths(`lab.${machine}`, dirs).sockets
  const facts = await post(control, 'facts', [], { timeoutMs: 30_000, signal: undefined })
  return (JSON.parse(facts) as { linkedPeers?: number }).linkedPeers
}

test('machines on two other hosts are joined through this one, also after a cut, and nothing is left to do', async () => {
  await using big = await otherHost({ beside: builder })
  const hosts = `{ builder: { ssh: ${builder.target} }, big: { ssh: ${big.target} } }`
  await machines.write(`vms:\n  w: { ${size}, count: 3, host: [local, builder, big] }\nhosts: ${hosts}\n`)
  await desktop('hosts', 'install', 'big')
  await desktop('apply', '--only', 'peers')
  const all = () => Promise.all([joined('w.1'), joined('w.2', builder.home), joined('w.3', big.home)])
  const isWhole = async (): Promise<boolean> => (await all()).every((number) => number === 2)
  await until(isWhole, deadline)
  const { operations } = JSON.parse(await desktop('plan', '--json')) as { operations: { kind: string }[] }
  expect(operations.map(({ kind }) => kind)).not.toContain('peers/set')
  await big.link('down')
  await disconnect()
  await until(async () => (await joined('w.2', builder.home)) === 1, deadline)
  await big.link('up')
  await until(isWhole, deadline)
  await desktop('destroy', '--yes')
})
