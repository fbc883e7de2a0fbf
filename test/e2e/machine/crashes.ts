/** Killed and stopped processes: no container stops, and the next apply repairs the rest. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { identityOf, isAlive } from '../../../src/host/identity.ts'
import { run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import { controlClient } from '../../../src/supervisor/api/client.ts'
import { desktopCommand, ok } from '../environment.ts'
import { machine } from '../shared-vm.ts'
import { base, mapped, port, startedAt, status, vmPart } from './life.ts'

export function crashes(): void {
  test('a supervisor that is killed leaves the VM running, and the next apply takes it over', async () => {
    const before = await startedAt('long')
    const { vm } = await status()
    const pid = Number(await readFile(machine.paths.supervisorPid, 'utf8'))
    const supervisor = await identityOf(pid)
    process.kill(pid, 'SIGKILL')
    await until(async () => supervisor !== undefined && !(await isAlive(supervisor)), { deadlineMs: 5_000 })
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
    await ok(machine.desktop('apply'))
    expect((await status()).vm.pid).toBe(vm.pid)
    expect(await startedAt('long')).toBe(before)
  })

  test('QEMU holds nothing of the host but its disks and sockets, and a new supervisor still finds it', async () => {
    const { stdout } = await machine.desktop('doctor')
    expect(stdout).toMatch(/^good +containment of QEMU: its own namespaces, system calls filtered/m)
  })

  test('an apply that is killed at once leaves nothing that the next one cannot repair', async () => {
    await machine.write(`${base}ports: ["${port(mapped)}:9000"]\n`)
    for (const delayMs of [60, 150, 300]) {
      await run(['timeout', '-s', 'KILL', String(delayMs / 1000), desktopCommand, 'apply'], {
        cwd: machine.dir,
        env: machine.env,
      })
    }
    await ok(machine.desktop('apply'))
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
    expect((await status()).ports).toContainEqual(
      expect.objectContaining({ id: `tcp/127.0.0.1:${port(mapped)}`, state: 'listening' }),
    )
    await machine.write(base)
    await ok(machine.desktop('apply'))
  })

  test('a QEMU that does not answer a new supervisor is not ended, and keeps its containers running', async () => {
    const before = await startedAt('long')
    const { vm } = await status()
    const supervisor = await identityOf(Number(await readFile(machine.paths.supervisorPid, 'utf8')))
    process.kill(vm.pid ?? 0, 'SIGSTOP')
    process.kill(supervisor?.pid ?? 0, 'SIGKILL')
    await until(async () => supervisor !== undefined && !(await isAlive(supervisor)), { deadlineMs: 5_000 })
    const apply = await machine.desktop('apply')
    expect(apply.code, apply.stdout).toBe(4)
    process.kill(vm.pid ?? 0, 'SIGCONT')
    await until(async () => (await status()).vm.state === 'running', { deadlineMs: 60_000 })
    await ok(machine.desktop('apply'))
    expect((await status()).vm.pid).toBe(vm.pid)
    expect(await startedAt('long')).toBe(before)
  })

  test('kills, edits and changes by hand in any order: the container runs through, and an apply gets there', async () => {
    const before = await startedAt('long')
    const happenings = {
      'kill the supervisor': async () => {
        const pid = Number(await readFile(machine.paths.supervisorPid, 'utf8').catch(() => '0'))
        const supervisor = pid === 0 ? undefined : await identityOf(pid)
        if (supervisor === undefined) return
        process.kill(pid, 'SIGKILL')
        await until(async () => !(await isAlive(supervisor)), { deadlineMs: 5_000 })
      },
      'kill an apply': async () => {
        const argv: [string, ...string[]] = ['timeout', '-s', 'KILL', '0.4', desktopCommand, 'apply']
        await run(argv, { cwd: machine.dir, env: machine.env })
      },
      'map a port': () => machine.write(`${base}ports: ["${port(mapped)}:9000"]\n`),
      'unmap it': () => machine.write(base),
      'name a host': () =>
        machine.write(`${vmPart}network: { ipv6: true, dns: { hosts: { a.test: 192.168.65.254 } } }\n`),
      'close the ports by hand': async () => {
        await controlClient(machine.paths)
          .setPorts([])
          .catch(() => {})
      },
      'look for drift': async () => void (await machine.desktop('drift')),
      apply: async () => void (await ok(machine.desktop('apply'))),
    }
    const names = Object.keys(happenings) as (keyof typeof happenings)[]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 8, maxLength: 8 }),
        async (sequence) => {
          for (const name of sequence) await happenings[name]()
          await ok(machine.desktop('apply'))
          expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
          expect(await startedAt('long')).toBe(before)
        },
      ),
      { numRuns: 2, endOnFailure: true },
    )
    await machine.write(base)
    await ok(machine.desktop('apply'))
  })
}
