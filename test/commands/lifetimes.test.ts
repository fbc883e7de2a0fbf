/** A supervisor's resources outlive it, with the real command and supervisor and a QEMU without a machine. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { controlClient } from '../../src/supervisor/api/client.ts'
import { expectUntouched, host, state } from '../support/cli/applied-host.ts'
import { otherBuild } from '../support/cli/host.ts'

describe('a supervisor that is gone', () => {
  test('killed: its VM keeps running and its successor has the same network, ports and machine', async () => {
    await host.kill('supervisor')
    expect((await host.processes()).map(({ kind }) => kind)).toEqual(['qemu'])
    await host.ok('apply')
    await expectUntouched()
  })

  test('that hangs is replaced, and its VM keeps running', async () => {
    const [supervisor] = (await host.processes()).filter(({ kind }) => kind === 'supervisor')
    process.kill(supervisor?.pid ?? 0, 'SIGSTOP')
    await host.ok('apply')
    await expectUntouched()
    expect((await host.processes()).filter(({ kind }) => kind === 'supervisor')).toHaveLength(1)
  })

  test('of another version is replaced without a restart of the VM', async () => {
    const newer = await otherBuild(host, '9.9.9')
    const plan = await host.desktopOf(newer, 'plan')
    expect(plan.stdout).toContain('replace the supervisor')
    expect(plan.stdout).not.toContain('restart-vm')
    const apply = await host.desktopOf(newer, 'apply')
    expect(apply.code, apply.stdout).toBe(0)
    expect((await host.desktopOf(newer, 'plan', '--exit-code')).code).toBe(0)
    await host.ok('apply')
    await expectUntouched()
  })

  test('cannot be followed by a successor that finds docker.sock blocked, but by one without it', async () => {
    const dir = join(host.dir, 'public')
    await mkdir(dir)
    await host.write(`engine: { socket: ${join(dir, 'docker.sock')} }\n`)
    await host.ok('apply')
    await host.kill('supervisor')
    await rename(dir, `${dir}-away`)
    await writeFile(dir, 'in the way')
    const blocked = await host.desktop('apply')
    expect(blocked.code, blocked.stderr).toBe(4)
    expect(blocked.stderr).toMatch(/engine\.socket: the folder of .*docker\.sock does not exist/)
    expect((await host.status()).vm.state).toBe('running')
    await rm(dir)
    await rename(`${dir}-away`, dir)
    await host.ok('apply')
    await expectUntouched()
  })
})

describe('a QEMU', () => {
  test('that does not answer a new supervisor is asked again, and not ended', async () => {
    const [qemu] = (await host.processes()).filter(({ kind }) => kind === 'qemu')
    process.kill(qemu?.pid ?? 0, 'SIGSTOP')
    await host.kill('supervisor')
    const apply = await host.desktop('apply')
    expect(apply.code, apply.stdout).toBe(4)
    expect(apply.stdout).toContain('does not respond')
    const plan = await host.ok('plan')
    expect(plan).toContain('running, not answering')
    expect(plan).toContain('restart-vm')
    process.kill(qemu?.pid ?? 0, 'SIGCONT')
    await until(async () => (await host.status()).vm.state === 'running', { deadlineMs: 20_000 })
    await host.ok('apply')
    await expectUntouched()
  })

  test('that starts right after another one stopped is the one on record', async () => {
    const control = controlClient(host.paths)
    const { vm } = await state()
    for (let round = 0; round < 5; round += 1) {
      const stopping = control.stopVm({ deadlineMs: 10_000 })
      await control.startVm(vm!.spec)
      await stopping
    }
    const running = (await host.boots()).at(-1)?.pid
    expect((await state()).vm?.identity.pid).toBe(running)
    expect((await host.processes()).filter(({ kind }) => kind === 'qemu')).toEqual([
      { pid: running, kind: 'qemu' },
    ])
  })

  test('that runs is not started again, and a start of it ends at once', async () => {
    const { vm } = await state()
    await controlClient(host.paths).startVm(vm!.spec)
    await expectUntouched()
  })

  test('that nobody knows any more is shut down by stop', async () => {
    await host.kill('supervisor')
    await rm(host.paths.supervisorState)
    await host.ok('stop')
    expect(await host.processes()).toEqual([])
    expect((await host.log()).filter(([what]) => what === 'end')).toMatchObject([
      ['end', expect.anything(), 'shutdown'],
    ])
  })

  test('that was killed is drift, and comes back with the same disk', async () => {
    await host.kill('qemu')
    await until(async () => (await host.status()).vm.state === 'exited', { deadlineMs: 30_000 })
    expect((await host.desktop('drift', '--exit-code')).code).toBe(2)
    await host.ok('apply')
    const boots = await host.boots()
    expect(boots.map(({ mark }) => mark)).toEqual([boots[0]?.mark, boots[0]?.mark])
  })
})

describe('a VM that does not come up with the new configuration', () => {
  const two = 'vm: { cpus: 2, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n'

  test.each(['refuse', 'panic'] as const)(
    '(%s) is started again as it was before, with its disk',
    async (how) => {
      await host.breakMachines(how, 2)
      await host.write(two)
      const apply = await host.desktop('apply')
      expect(apply.code, apply.stdout).toBe(4)
      expect(apply.stdout).toContain('the last good VM is running again')
      expect((await host.status()).vm.state).toBe('running')
      const plan = await host.ok('plan')
      expect(plan).toContain('vm.cpus')
      expect(new Set((await host.boots()).map(({ mark }) => mark)).size).toBe(1)
      await host.write()
      await host.ok('plan', '--exit-code')
    },
    60_000,
  )

  test('and never did before: the error says why, and nothing runs', async () => {
    await host.ok('destroy', '--yes')
    await host.breakMachines('refuse', 2)
    await host.write(two)
    const apply = await host.desktop('apply')
    expect(apply.code).toBe(4)
    expect(apply.stdout).toContain('Cannot allocate memory')
    expect((await host.processes()).map(({ kind }) => kind)).toEqual(['supervisor'])
  })
})

test("a VM whose write did not fit on the host's disk is paused, and resumes when there is room", async () => {
  const [qemu] = (await host.processes()).filter(({ kind }) => kind === 'qemu')
  process.kill(qemu?.pid ?? 0, 'SIGUSR2')
  await until(async () => (await host.log()).some(([what]) => what === 'goes-on'), { deadlineMs: 20_000 })
  await until(async () => (await host.status()).vm.state === 'running', { deadlineMs: 30_000 })
  await expectUntouched()
})

describe('state that is damaged', () => {
  test('of the supervisor is renamed, and all its requests are sent again', async () => {
    await host.write('ports: ["18080:80"]\n')
    await host.ok('stop')
    await writeFile(host.paths.supervisorState, '{"format":"desktop-superv')
    await host.ok('apply')
    await host.ok('plan', '--exit-code')
    expect(await readFile(`${host.paths.supervisorState}.damaged`, 'utf8')).toBe('{"format":"desktop-superv')
  })

  test('of a newer version is refused and left as it is', async () => {
    await host.ok('stop')
    const text = '{"format":"desktop-supervisor/99","ports":"somewhere else"}'
    await writeFile(host.paths.supervisorState, text)
    const apply = await host.desktop('apply')
    expect(apply.code).not.toBe(0)
    expect(`${apply.stdout}${apply.stderr}`).toContain('newer version')
    expect(await readFile(host.paths.supervisorState, 'utf8')).toBe(text)
    expect(await host.boots()).toHaveLength(1)
  })
})

test('the engine has one subscription to its events, for all that follow it', async () => {
  await until(async () => (await host.log()).some(([what]) => what === 'events'), { deadlineMs: 30_000 })
  const subscriptions = (await host.log()).filter(([what]) => what === 'events')
  expect(subscriptions).toHaveLength(1)
})

test('destroy leaves no process and no file', async () => {
  await host.ok('destroy', '--yes')
  expect(await host.processes()).toEqual([])
  await expect(readFile(host.paths.dataDisk)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readFile(host.paths.lock)).rejects.toMatchObject({ code: 'ENOENT' })
})
