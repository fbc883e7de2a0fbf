/** Several machines of one file, with the real command and supervisors and a QEMU without a machine. */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { expectValid } from '../support/cli/json-schemas.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
})
afterEach(() => host?.[Symbol.asyncDispose]())

const kind = (count: number, memory = '512MiB'): string =>
  `{ count: ${count}, cpus: 1, memory: ${memory}, disk: 1GiB, accelerator: tcg }`

const write = (machines: string, more = ''): Promise<void> =>
  writeFile(join(host.dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: vt\nvms: ${machines}\n${more}`)

interface Planned {
  operations: { id: string; machine?: string }[]
  environmentId: string | null
}
const planned = async (): Promise<Planned> =>
  JSON.parse((await host.desktop('plan', '--json')).stdout) as Planned
const changing = async (): Promise<string[]> => [
  ...new Set((await planned()).operations.map(({ machine }) => machine ?? '')),
]
const environments = async (): Promise<string[]> => readdir(join(baseDirs(host.env).state, 'environments'))
const qemus = async (): Promise<number[]> =>
  (await host.processes()).flatMap(({ pid, kind: what }) => (what === 'qemu' ? [pid] : [])).sort()

/** Number of machines connected to this one's switch. */
async function joined(name: string): Promise<number> {
  await using control = await connectSupervisor(environmentPaths(name, baseDirs(host.env)))
  return (await control?.facts())?.linkedPeers ?? 0
}

/** What the QEMUs from golden snapshots have as their memory. */
const memories = async (): Promise<(string | undefined)[]> =>
  (await host.log()).flatMap(([what, , memory]) => (what === 'unpark' ? [memory] : []))

test('machines of one kind start from one golden snapshot and share its memory, a single one has its own', async () => {
  await write(`{ m: ${kind(2)}, w: ${kind(1, '640MiB')} }`)
  await host.ok('apply')
  const parked = (await host.log()).filter(([what]) => what === 'park')
  expect(parked).toHaveLength(2)
  const shared = (await memories()).filter((memory) => memory !== 'private')
  expect(await memories()).toHaveLength(3)
  expect(shared).toHaveLength(2)
  expect(new Set(shared).size).toBe(1)
  expect(shared[0]).toMatch(/^\d+$/)
  await host.ok('destroy', '--yes')
  await host.ok('apply')
  expect((await host.log()).filter(([what]) => what === 'park')).toHaveLength(2)
}, 60_000)

test('apply makes every machine, joins their switches, and leaves nothing to do', async () => {
  await write(`{ m: ${kind(2)}, w: ${kind(1)} }`)
  expect(await host.ok('apply')).toContain('m.2: start the VM vt.m.2')
  await host.ok('plan', '--exit-code')
  await host.ok('drift', '--exit-code')
  expect(await environments()).toEqual(['vt.m.1', 'vt.m.2', 'vt.w.1'])
  expect(await qemus()).toHaveLength(3)
  for (const name of ['vt.m.1', 'vt.m.2', 'vt.w.1'])
    await until(async () => (await joined(name)) === 2, { deadlineMs: 30_000 })
  const status = await host.ok('status')
  expect(status).toContain('vt  3 of 3 running')
  expect(status).toMatch(/m\.2 +192\.168\.65\.4 +running/)
  const document = JSON.parse(await host.ok('status', '--json')) as { machines: { machine: string }[] }
  expectValid('machines', document)
  const { machines } = document
  expect(machines.map(({ machine }) => machine)).toEqual(['m.1', 'm.2', 'w.1'])
})

test('more machines are made, and other ones changed, while the rest run on', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  const before = await qemus()
  await write(`{ m: ${kind(3)} }`)
  await host.ok('apply')
  expect(await qemus()).toEqual(expect.arrayContaining(before))
  expect(await qemus()).toHaveLength(3)
  await write(`{ m: ${kind(3)} }`, 'ports: [{ host: 18093, guest: "m.3:80" }]')
  expect(await changing()).toEqual(['m.3'])
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
})

test('a machine that left the file is removed with consent only, and the others forget it', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  await write(`{ m: ${kind(1)} }`)
  const refused = await host.desktop('apply')
  expect(refused.stderr).toContain('remove:machine')
  expect(await environments()).toEqual(['vt.m.1', 'vt.m.2'])
  await host.ok('apply', '--allow', 'remove:machine')
  expect(await environments()).toEqual(['vt.m.1'])
  expect(await qemus()).toHaveLength(1)
  await host.ok('plan', '--exit-code')
})

test('killed supervisors leave all machines running, and apply joins them again', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  const before = await qemus()
  await host.kill('supervisor')
  expect(await qemus()).toEqual(before)
  expect((await changing()).toSorted()).toEqual(['m.1', 'm.2'])
  await host.ok('apply')
  expect(await qemus()).toEqual(before)
  await until(async () => (await joined('vt.m.1')) === 1, { deadlineMs: 30_000 })
})

test('a command addresses the machine that it names, and is refused without a name', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  expect(await host.ok('env', 'm.2')).toContain('/vt.m.2/docker.sock')
  expect(await host.ok('history', '--machine', 'm.1', '--json')).toContain('applied')
  expect((await host.desktop('env')).stderr).toContain('--machine: m.1, m.2')
  expect((await host.desktop('env', 'm.3')).stderr).toContain('there is no machine "m.3"')
  await host.ok('stop', '--machine', 'm.2', '--power-off')
  expect(await qemus()).toHaveLength(1)
  expect(await changing()).toEqual(['m.2'])
  await host.ok('start')
  expect(await qemus()).toHaveLength(2)
})

test('a rollback restores the selected machine only, and it stays on the switch although the file is invalid', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  await write(`{ m: ${kind(2, '640MiB')} }`)
  await host.ok('apply')
  await writeFile(join(host.dir, 'desktop.yaml'), 'apiVersion: desktop/v1\nvms: { m: { cpu: 1 } }\n')
  const unselected = await host.desktop('rollback', '1')
  expect(unselected.stderr).toContain('desktop.yaml:2')
  const { code, stdout, stderr } = await host.desktop('rollback', '1', '--machine', 'm.2')
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('stop the VM vt.m.2')
  expect(stdout).not.toContain('other machines')
  expect(stderr).toContain('only m.2 was rolled back: other machines, swarm roles')
  await until(async () => (await joined('vt.m.2')) === 1, { deadlineMs: 30_000 })
  await write(`{ m: ${kind(2)} }`)
  expect(await changing()).toEqual(['m.1'])
})

test('stop and destroy address all machines', async () => {
  await write(`{ m: ${kind(2)} }`)
  await host.ok('apply')
  await host.ok('stop', '--power-off')
  expect(await qemus()).toEqual([])
  expect(await environments()).toHaveLength(2)
  await host.ok('destroy', '--yes')
  expect(await environments()).toEqual([])
})

test('a saved plan of several machines is carried out, and refused once reality has changed', async () => {
  await write(`{ m: ${kind(2)} }`)
  const plan = join(host.dir, 'plan.json')
  await host.desktop('plan', '-o', plan)
  await host.ok('apply', plan)
  const stale = await host.desktop('apply', plan)
  expect(stale.code).toBe(7)
})

test('the environment of a file that had vm before is not left behind', async () => {
  await writeFile(
    join(host.dir, 'desktop.yaml'),
    'apiVersion: desktop/v1\nname: vt\nvm: { cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n',
  )
  await host.ok('apply')
  await write(`{ m: ${kind(1)} }`)
  expect((await host.desktop('plan')).stderr).toContain('desktop destroy vt')
})

test('machines that do not fit into the memory of this host together are refused with the line', async () => {
  await write(`{ m: ${kind(100, '200GiB')} }`)
  const { code, stderr } = await host.desktop('apply')
  expect(code).toBe(4)
  expect(stderr).toMatch(/desktop\.yaml:3/)
})
