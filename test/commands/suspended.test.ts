/** A suspended VM: when it resumes, when it boots instead, and how that is reported. */
import { readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { inGuest } from '../faults/fault.ts'
import { expectUntouched, host } from '../support/cli/applied-host.ts'

describe('a VM that is suspended', () => {
  const lines = async (): Promise<(string | undefined)[]> => (await host.log()).map(([what]) => what)
  const manifest = (): Promise<string> => readFile(host.paths.suspendedMachine, 'utf8')

  test('resumes from its saved memory, once: after a crash it boots', async () => {
    await host.ok('stop')
    expect((await host.status()).vm).toMatchObject({ state: 'suspended' })
    expect(await host.processes()).toEqual([])
    await host.ok('start')
    await host.ok('plan', '--exit-code')
    expect((await lines()).filter((what) => what === 'boot' || what === 'resume')).toEqual(['boot', 'resume'])
    await expect(manifest()).rejects.toMatchObject({ code: 'ENOENT' })
    await host.kill('qemu')
    await host.ok('apply')
    expect((await lines()).filter((what) => what === 'boot' || what === 'resume').at(-1)).toBe('boot')
  })

  test('has the right time as soon as start returns, although its agent comes back a moment later', async () => {
    const anHour = 3_600_000
    await inGuest('/fake/clock-offset-ms', String(-anHour))(host)
    await host.ok('stop')
    await host.ok('start')
    await host.ok('plan', '--exit-code')
  })

  test('resumes after a reboot of the host', async () => {
    await host.ok('stop')
    await host.reboot()
    await host.ok('start')
    expect((await lines()).at(-1)).not.toBe('boot')
    await host.ok('plan', '--exit-code')
  })

  test('stays suspended when it is stopped again, and is given up by --power-off', async () => {
    await host.ok('stop')
    const before = await manifest()
    expect(JSON.parse(await host.ok('stop', '--json'))).toMatchObject({ stopped: false, suspended: true })
    expect(await manifest()).toBe(before)
    await host.ok('stop', '--power-off')
    expect((await host.status()).vm).toMatchObject({ state: 'absent' })
    await expect(readFile(host.paths.suspendedState)).rejects.toMatchObject({ code: 'ENOENT' })
    await host.ok('start')
    expect(await host.boots()).toHaveLength(2)
  })

  const damages: readonly (readonly [string, () => Promise<void>, RegExp])[] = [
    ['a state that is cut', () => truncate(host.paths.suspendedState, 5), /has 5 of \d+ bytes/],
    ['a state that is gone', () => rm(host.paths.suspendedState), /ENOENT/],
    [
      'a state with another byte in it',
      async () => {
        const text = await readFile(host.paths.suspendedState, 'utf8')
        await writeFile(host.paths.suspendedState, text.replace('"files"', '"filez"'))
      },
      /damaged/,
    ],
    ['a disk that was written to', () => utimes(host.paths.dataDisk, 1, 1), /data disk was changed/],
    [
      'another QEMU',
      async () => writeFile(host.paths.suspendedMachine, (await manifest()).replace('(fake)', '(another)')),
      /QEMU is/,
    ],
  ]
  test.each(damages)(
    'boots from its disk after %s, and says why',
    async (_what, damage, said) => {
      await host.ok('stop')
      await damage()
      expect(await host.ok('start')).toMatch(said)
      const boots = await host.boots()
      expect(boots.map(({ mark }) => mark)).toEqual([boots[0]?.mark, boots[0]?.mark])
      await expect(manifest()).rejects.toMatchObject({ code: 'ENOENT' })
      await host.ok('plan', '--exit-code')
    },
    60_000,
  )

  test('whose record is damaged boots, and the plan says so', async () => {
    await host.ok('stop')
    await writeFile(host.paths.suspendedMachine, '{"format":"desktop-sus')
    expect(await host.ok('plan')).toContain('cannot be resumed')
    await host.ok('start')
    expect(await host.boots()).toHaveLength(2)
  })

  test('is the same as one that runs for what desktop.yaml changes live', async () => {
    await host.ok('stop')
    await host.write('engine: { config: { labels: [a=b] } }\n')
    const plan = await host.ok('plan')
    expect(plan).toContain('resume the VM')
    expect(plan).toContain('labels')
    await host.ok('apply')
    expect(await host.boots()).toHaveLength(1)
    await host.ok('plan', '--exit-code')
  })

  test('keeps running when it cannot be saved, or when the saving process is killed', async () => {
    await symlink('/dev/full', host.paths.suspendedState)
    const stop = await host.desktop('stop')
    expect(stop.code).toBe(4)
    expect(stop.stderr).toContain('ENOSPC')
    expect(stop.stderr).toContain('--power-off')
    await expectUntouched()
    await writeFile(join(host.dir, 'vm/hold-migration'), '')
    const saving = host.start('stop')
    await until(async () => (await host.status()).vm.state === 'paused', { deadlineMs: 30_000 })
    await host.kill('supervisor')
    await new Promise((resolve) => saving.once('exit', resolve))
    await rm(join(host.dir, 'vm/hold-migration'))
    await host.ok('apply')
    await expectUntouched()
  })
})
