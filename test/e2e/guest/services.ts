/** User services, their files and logs. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import { writeDockerArchive } from '../docker-archive.ts'
import { desktopCommand, ok } from '../environment.ts'
import { docker, inside, machine } from '../shared-vm.ts'
import { write } from './contents.ts'

export function services(): void {
  test('a service from an archive and files of the user are in the VM', async () => {
    await ok(machine.desktop('apply'))
    await ok(machine.docker('import', docker.rootfs, 'box'))
    expect(await inside('cat /etc/motd; od -A n -t x1 /etc/key; stat -c %a /etc/key')).toBe(
      'welcome to the guest\n 00 01 ff\n600\n',
    )
    const asked = () => inside('wget -q -O - http://127.0.0.1:8099/motd').catch(() => undefined)
    expect(await until(asked, { deadlineMs: 60_000 })).toBe('welcome to the guest\n')
    expect(await ok(machine.desktop('logs', 'beacon', '-n', '1'))).toBe('serving\n')
  })

  test('an image, a service and a file that change are named as what restarts the VM', async () => {
    await write({ motd: 'other' })
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toMatch(/restart-vm {2,}stop the VM/)
    expect(plan).toMatch(/guest\.files: etc\/motd \([0-9a-f]+\) → etc\/motd \([0-9a-f]+\)/)
    await write()
    const archive = await readFile(join(machine.dir, 'beacon.tar'))
    await writeDockerArchive(join(machine.dir, 'beacon.tar'), { layer: docker.rootfs, command: ['true'] })
    expect(await ok(machine.desktop('plan'))).toMatch(/guest\.services: beacon \(/)
    await writeFile(join(machine.dir, 'beacon.tar'), archive)
    expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
  })

  test('a service that keeps ending makes the environment degraded, with the last lines of its log', async () => {
    interface Status {
      state: string
      /** Undefined if a busy guest does not respond in time. */
      services: {
        value?: { name: string; state: string; crashLoop: boolean; exitCode: number; log: string[] }[]
      }
    }
    const looping = async () => {
      const status = JSON.parse(await ok(machine.desktop('status', '--json'))) as Status
      const broken = status.services.value?.find(({ name }) => name === 'broken')
      return broken?.crashLoop === true && { status, broken, all: status.services.value ?? [] }
    }
    const { status, broken, all } = await until(looping, { deadlineMs: 120_000, intervalMs: 2_000 })
    expect(status.state).toBe('degraded')
    expect(broken).toMatchObject({ exitCode: 7, log: expect.arrayContaining(['cannot find my socket']) })
    expect(all.filter(({ crashLoop }) => crashLoop).map(({ name }) => name)).toEqual(['broken'])
    expect(await ok(machine.desktop('status'))).toContain('broken is in a crash loop, last exit code 7')
    const unknown = await machine.desktop('logs', 'brokn')
    expect(unknown.stderr).toContain('did you mean "broken"?')
  })

  test('an endless log stays bounded, and new lines are followed', async () => {
    // One write: a rotation between two would leave the rest in the log.
    await inside('yes 0123456789 | dd bs=3300000 count=1 iflag=fullblock 2>/dev/null >>/var/log/beacon.log')
    const sizes = () => inside('cat /var/log/beacon.log /var/log/beacon.log.1 | wc -c')
    await until(async () => Number(await sizes()) <= 2 ** 20, { deadlineMs: 60_000, intervalMs: 2_000 })
    const follow = run(['timeout', '15', desktopCommand, 'logs', 'beacon', '--follow', '-n', '1'], {
      cwd: machine.dir,
      env: machine.env,
    })
    await inside('sleep 4; echo the newest >>/var/log/beacon.log')
    expect((await follow).stdout).toMatch(/^0123456789\nthe newest\n$/)
  })
}
