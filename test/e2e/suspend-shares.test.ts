/** A VM with shares, suspended and resumed by Debian's QEMU and virtiofsd (docs/decisions/0255). */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findHypervisor } from '../../src/guest/debian/hypervisor.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { until } from '../../src/host/until.ts'
import { ok } from './environment.ts'
import { applyWithBox, machine, shareVm } from './shared-vm.ts'
import { hasPerl, importPerl, watchCommand } from './watcher.ts'

const wanted =
  process.env.DESKTOP_TEST_QEMU === 'debian' || (await findHypervisor(cachePaths())) !== undefined
if (!wanted)
  console.warn(
    'suspend-shares: skipped, Debian 13 QEMU is not in the cache; DESKTOP_TEST_QEMU=debian downloads it',
  )

const at = (path: string): string => join(machine.dir, 'work', path)

/** Holds a working directory and four open files of the share, and runs what it is asked. */
const holder = `cd /w/sub
exec 3>>/w/log 4</w/deleted 5</w/replaced 6</w/folder/moved
mkfifo /tmp/question /tmp/answer
while :; do
  read -r line </tmp/question
  { eval "$line"; echo "status $?"; } >/tmp/answer 2>&1
done`

/** Without timeout(1), whose second process becomes a child of the holder and interrupts its wait by SIGCHLD. */
const ask = (line: string): Promise<string> =>
  ok(
    machine.docker(
      ...['exec', 'holder', 'sh', '-c', 'echo "$1" >/tmp/question; cat /tmp/answer', 'sh', line],
    ),
  )

const watched = (): Promise<string> => ok(machine.docker('logs', 'watcher'))

async function startWatcher(): Promise<void> {
  await importPerl()
  const command = ['-v', '/work:/work', ...watchCommand(['/work/sub'])]
  await ok(machine.docker('run', '-d', '--name', 'watcher', ...command))
  await until(async () => (await watched()).includes('watching'), { deadlineMs: 60_000 })
}

describe.skipIf(!wanted)('a VM with shares that was suspended', () => {
  shareVm(async () => {
    mkdirSync(at('sub'), { recursive: true })
    mkdirSync(at('folder'))
    for (const name of ['deleted', 'replaced', 'folder/moved', 'sub/inside'])
      writeFileSync(at(name), `old ${name}\n`)
    await machine.write(
      'vm: { cpus: 2, memory: 1GiB, disk: 4GiB, qemu: debian }\nshares: [{ source: ./work, target: /work, writable: true }]\n',
    )
    await applyWithBox()
    await ok(machine.docker('run', '-d', '--name', 'holder', '-v', '/work:/w', 'box', 'sh', '-c', holder))
    expect(await ask('echo before >&3')).toBe('status 0\n')
    if (hasPerl) await startWatcher()
    expect((await machine.desktop('stop')).stderr).toContain('is suspended')
    writeFileSync(at('sub/inside'), 'changed\n')
    rmSync(at('deleted'))
    writeFileSync(at('.replaced'), 'new\n')
    renameSync(at('.replaced'), at('replaced'))
    renameSync(at('folder'), at('elsewhere'))
    await ok(machine.desktop('start'))
  })

  beforeAll(async () => {
    const running = await ok(machine.docker('inspect', '-f', '{{.State.Status}} {{.RestartCount}}', 'holder'))
    expect(running).toBe('running 0\n')
  })

  test('keeps its open files and working directories in shares', async () => {
    expect(await ask('echo after >&3; pwd; cat inside')).toBe('/w/sub\nchanged\nstatus 0\n')
    expect(readFileSync(at('log'), 'utf8')).toBe('before\nafter\n')
  })

  test.each([
    ['deleted', 4],
    ['replaced', 5],
    ['moved with its folder', 6],
  ])('gives an error for an open file that was %s on the host, not the content of another', async (_, fd) => {
    expect(await ask(`cat <&${fd}`)).toMatch(/error[\s\S]*status 1\n$/)
  })

  test('opens by path the current files of the host', async () => {
    expect(await ask('cat /w/replaced /w/elsewhere/moved; ls /w')).toBe(
      'new\nold folder/moved\nelsewhere\nlog\nreplaced\nsub\nstatus 0\n',
    )
    writeFileSync(at('written'), 'later\n')
    expect(await ask('cat /w/written')).toBe('later\nstatus 0\n')
  })

  test.skipIf(!hasPerl)('delivers file events of the host to a program that waited for them', async () => {
    writeFileSync(at('sub/event'), 'after\n')
    await until(async () => /^\/work\/sub\/event \w+ after$/m.test(await watched()), { deadlineMs: 60_000 })
  })

  test('has no plan left, and QEMU has no complaint about its arguments', async () => {
    await ok(machine.desktop('plan', '--exit-code'))
    expect(readFileSync(machine.paths.qemuLog, 'utf8')).not.toMatch(
      /deprecated.*(netdev|chardev|device|reconnect)/,
    )
  })
})
