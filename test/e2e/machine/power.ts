/** The VM is killed, suspended, resumed and shut down, and its data is kept. */
import { access, open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { ok } from '../environment.ts'
import { httpFailure, httpGet, machine } from '../shared-vm.ts'
import { whySilent } from '../why-silent.ts'
import { base, port, published, startedAt, status } from './life.ts'

/** Serves `COUNT TIME` over HTTP, both from memory; on SIGTERM it writes a farewell to the volume. */
const counter = [
  "trap 'echo bye >/kept/bye; sync; exit' TERM; mkdir /www; httpd -p 80 -h /www; i=0",
  'while :; do i=$((i+1)); echo "$i $(date +%s)" >/www/new; mv /www/new /www/index.html; sleep 0.2; done',
].join('; ')
const counted = async (): Promise<{ count: number; clock: number } | undefined> => {
  // Until the first number is written, httpd has nothing but an error page.
  const page = /^(\d+) (\d+)\n$/.exec((await httpGet(`http://127.0.0.1:${port(published)}/`)) ?? '')
  return page === null ? undefined : { count: Number(page[1]), clock: Number(page[2]) }
}

export function power(): void {
  test('a killed QEMU is drift, and apply brings the VM back with its data', async () => {
    await ok(machine.docker('volume', 'create', 'kept'))
    await ok(
      machine.docker(
        'run',
        '--rm',
        '-v',
        'kept:/kept',
        'box',
        'sh',
        '-c',
        'echo precious > /kept/file; sync',
      ),
    )
    const { vm } = await status()
    process.kill(vm.pid ?? 0, 'SIGKILL')
    await until(async () => (await status()).vm.state !== 'running', { deadlineMs: 10_000 })
    const drift = await machine.desktop('drift', '--exit-code')
    expect(drift.code, drift.stdout).toBe(2)
    await ok(machine.desktop('apply'))
    expect((await status()).vm.pid).not.toBe(vm.pid)
    expect(await ok(machine.docker('run', '--rm', '-v', 'kept:/kept', 'box', 'cat', '/kept/file'))).toBe(
      'precious\n',
    )
  })

  test('more memory than the host has is refused by the plan, and the VM runs on', async () => {
    const { vm } = await status()
    await machine.write(base.replace('1GiB', '900GiB'))
    const apply = await machine.desktop('apply')
    expect(apply.code, apply.stdout).toBe(4)
    expect(apply.stderr).toContain('exceeds the memory of this host')
    await machine.write(base)
    expect((await status()).vm.pid).toBe(vm.pid)
    const plan = await machine.desktop('plan', '--exit-code')
    expect(plan.code, plan.stdout).toBe(0)
  })

  test('stop suspends the VM, and start resumes it with containers, published ports and the right time', async () => {
    // A second try begins where the first one failed.
    await machine.docker('rm', '-f', 'counter')
    await ok(
      machine.docker(
        ...['run', '-d', '--name', 'counter', '-v', 'kept:/kept', '-p', `${port(published)}:80`],
        ...['box', 'sh', '-c', counter],
      ),
    )
    const before = await until(counted, { deadlineMs: 30_000 })
    const since = await startedAt('counter')
    await ok(machine.desktop('stop'))
    const stopped = await status()
    expect(stopped.vm).toMatchObject({ state: 'suspended', running: ['counter'] })
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
    const suspendedAt = Date.now()
    await until(async () => Date.now() > suspendedAt + 3_000, { deadlineMs: 5_000 })
    await ok(machine.desktop('start'))
    const seen: object[] = []
    const after = await until(
      async () => {
        const began = Date.now()
        const now = await counted()
        seen.push({ began, ended: Date.now(), ...(now ?? { failure: String(httpFailure) }) })
        return now !== undefined && now.count > before.count && now.clock >= suspendedAt / 1000 + 2 && now
      },
      { deadlineMs: 30_000 },
    ).catch(async (cause: unknown) => {
      const polls = JSON.stringify({ before, suspendedAt, first: seen.slice(0, 5), last: seen.slice(-5) })
      throw new Error(`${polls}\n${await whySilent(machine, 'counter')}`, { cause })
    })
    expect(Math.abs(after.clock - Date.now() / 1000)).toBeLessThan(10)
    expect(await startedAt('counter')).toBe(since)
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
    await expect(access(machine.paths.suspendedMachine)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(access(machine.paths.suspendedState)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a suspended VM whose state is damaged boots with its data, and start says so', async () => {
    await ok(machine.docker('exec', 'counter', 'sh', '-c', 'echo unsynced >/kept/late'))
    await ok(machine.desktop('stop'))
    const state = await open(machine.paths.suspendedState, 'r+')
    await state.write('damage', 50_000_000)
    await state.close()
    const start = await ok(machine.desktop('start'))
    expect(start).toContain('its state is damaged')
    const kept = await ok(
      machine.docker('run', '--rm', '-v', 'kept:/kept', 'box', 'cat', '/kept/file', '/kept/late'),
    )
    expect(kept).toBe('precious\nunsynced\n')
    expect(await ok(machine.docker('inspect', '-f', '{{.State.Running}}', 'counter'))).toBe('false\n')
  })

  test('stop --power-off ends containers in order and keeps everything, and start boots', async () => {
    await ok(machine.docker('start', 'counter'))
    await until(counted, { deadlineMs: 30_000 })
    // dockerd by itself would stop none of them.
    await machine.write(`${base}engine: { config: { live-restore: true } }\n`)
    await ok(machine.desktop('apply'))
    const slow = 'trap "sleep 21; echo slow >/kept/slow; exit" TERM; while :; do sleep 1; done'
    const options = ['--name', 'slow', '--stop-timeout', '60', '-v', 'kept:/kept', 'box']
    await ok(machine.docker('run', '-d', ...options, 'sh', '-c', slow))
    expect(await ok(machine.desktop('plan', '--set', 'vm.memory=2GiB'))).toContain('(killed after 65 s)')
    await ok(machine.desktop('stop', '--power-off'))
    expect((await status()).vm.state).toBe('absent')
    await ok(machine.desktop('start'))
    const kept = await ok(
      machine.docker(
        'run',
        '--rm',
        '-v',
        'kept:/kept',
        'box',
        'cat',
        '/kept/file',
        '/kept/bye',
        '/kept/slow',
      ),
    )
    expect(kept).toBe('precious\nbye\nslow\n')
    await ok(machine.docker('rm', '-f', 'counter', 'slow'))
  })
}
