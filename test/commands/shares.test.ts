/** The virtiofsd processes of a VM, with the real command and supervisor and a QEMU without a machine. */
import { spawnSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive } from '../../src/host/identity.ts'
import { until } from '../../src/host/until.ts'
import type { SupervisorState } from '../../src/supervisor/process/recorded-requests.ts'
import type { MachineRecord } from '../../src/vm/machine-record.ts'
import { findServers } from '../../src/vm/share/servers.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

const isRoot = process.getuid?.() === 0
const canUnshare =
  spawnSync('unshare', [...(isRoot ? [] : ['--map-root-user']), '--mount', 'true']).status === 0

const yaml = `shares:
  - { source: ./work, target: /work, writable: true }
  - { source: ./data, target: /srv/data }
`

describe.runIf(canUnshare)('the server of a share', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await testHost()
    for (const folder of ['work', 'data']) await mkdir(join(host.dir, folder))
    await host.write(yaml)
    await host.ok('apply')
  })
  afterEach(() => host?.[Symbol.asyncDispose]())

  async function record(): Promise<MachineRecord> {
    const state = JSON.parse(await readFile(host.paths.supervisorState, 'utf8')) as SupervisorState
    if (state.vm === undefined) throw new Error('no machine is on record')
    return state.vm
  }

  const servers = async (): Promise<number> => (await findServers(dirname(host.paths.sockets.qmp))).length

  /** Kills the server of /srv/data. */
  async function killServer(): Promise<void> {
    const victim = (await record()).daemons?.[1]
    if (victim === undefined) throw new Error('no server is on record')
    process.kill(victim.pid, 'SIGKILL')
    await until(async () => !(await isAlive(victim)), { deadlineMs: 30_000 })
  }

  /** Validated against its schema. */
  async function document<T>(command: 'status' | 'drift' | 'plan'): Promise<T> {
    const ajv = new Ajv({ allowUnionTypes: true })
    for (const name of ['plan', command].filter((name, i, all) => all.indexOf(name) === i)) {
      const schema = join(import.meta.dirname, `../../schemas/${name}.schema.json`)
      ajv.addSchema(JSON.parse(await readFile(schema, 'utf8')))
    }
    const value = JSON.parse(await host.ok(command, '--json')) as T
    expect(ajv.validate(`${command}.schema.json`, value), ajv.errorsText()).toBe(true)
    return value
  }

  const status = () => document<{ state: string; vm: { shares?: unknown } }>('status')
  const both = (served: boolean) => [
    { target: '/work', served: true },
    { target: '/srv/data', served },
  ]
  const drifted = expect.objectContaining({
    path: 'shares[1]',
    from: 'virtiofsd for /srv/data has exited',
    to: 'served',
    effect: 'restart-vm',
  })

  test('that was killed degrades the environment, is drift that names the share, and comes back with the VM', async () => {
    expect(await status()).toMatchObject({ state: 'running', vm: { shares: both(true) } })
    const watch = host.start('watch', '--interval', '1s')
    let told = ''
    watch.stdout?.on('data', (text) => {
      told += String(text)
    })
    await until(async () => told.includes('in sync'), { deadlineMs: 20_000 })
    await killServer()
    await until(async () => told.includes('shares[1]: virtiofsd for /srv/data has exited'), {
      deadlineMs: 20_000,
    })
    watch.kill('SIGINT')
    await new Promise((resolve) => watch.once('exit', resolve))

    expect(await status()).toMatchObject({ state: 'degraded', vm: { shares: both(false) } })
    expect(await host.ok('status')).toMatch(
      /virtiofsd for \/srv\/data has exited.*`desktop apply` restarts the VM/,
    )
    const { differences } = await document<{ differences: { at?: unknown }[] }>('drift')
    expect(differences[0]).toEqual(drifted)
    expect(differences[0]?.at).toMatchObject({ line: expect.any(Number) })
    const { operations } = await document<{ operations: { kind: string; interruption: unknown }[] }>('plan')
    expect(operations[0]).toMatchObject({
      kind: 'vm/stop',
      interruption: { kind: 'containers', names: expect.any(Array) },
    })

    const before = await record()
    await host.ok('drift', '--repair')
    expect(await status()).toMatchObject({ state: 'running', vm: { shares: both(true) } })
    await host.ok('plan', '--exit-code')
    const boots = await host.boots()
    expect(boots.map(({ mark }) => mark)).toEqual([boots[0]?.mark, boots[0]?.mark])
    for (const daemon of before.daemons ?? []) expect(await isAlive(daemon)).toBe(false)
    expect(await servers()).toBe(2)
  })

  test('that was killed is seen without a supervisor, and by the next one, which adopts the VM', async () => {
    await host.kill('supervisor')
    expect((await document<{ differences: unknown[] }>('drift')).differences).not.toContainEqual(drifted)
    await killServer()
    expect((await document<{ differences: unknown[] }>('drift')).differences).toContainEqual(drifted)
    expect(await status()).toMatchObject({ state: 'degraded', vm: { shares: both(false) } })
    await host.ok('apply')
    expect(await host.boots()).toHaveLength(2)
    expect(await status()).toMatchObject({ state: 'running', vm: { shares: both(true) } })
  })

  test('that lives is the same to the next supervisor, which restarts nothing', async () => {
    await host.kill('supervisor')
    await host.ok('apply')
    await host.ok('plan', '--exit-code')
    expect(await host.boots()).toHaveLength(1)
    expect(await status()).toMatchObject({ state: 'running', vm: { shares: both(true) } })
  })

  test('that QEMU cannot save makes stop shut down, with the reason and the setting that changes it', async () => {
    const stopped = JSON.parse(await host.ok('stop', '--json')) as { reason?: string }
    expect(stopped).toMatchObject({ stopped: true, suspended: false })
    expect(stopped.reason).toBe('its QEMU cannot save shares: set `vm.qemu: debian`')
    expect(await host.processes()).toEqual([])
    await host.write(`vm: { qemu: debian }\n${yaml}`)
    const plan = await host.ok('plan')
    expect(plan).toContain('qemu-system-x86/trixie virtiofsd/trixie')
    expect((await host.desktop('apply', '--offline')).stderr).toContain(
      'run the command once without --offline',
    )
  })

  test('another virtiofsd restarts the VM, which the plan shows before it is downloaded', async () => {
    await host.write(`vm: { qemu: debian }\n${yaml}`)
    expect(await host.ok('plan')).toMatch(/vm\.qemu: host → debian/)
  })

  test('ends with its VM, even one that an earlier supervisor started', async () => {
    expect(await servers()).toBe(2)
    await host.kill('supervisor')
    await host.kill('qemu')
    await host.ok('stop')
    expect(await servers()).toBe(0)
    await host.ok('apply')
    expect(await servers()).toBe(2)
    await host.ok('stop')
    expect(await servers()).toBe(0)
  })
})
