/** What someone who broke out of QEMU finds of the host: a shell, run as QEMU is, looks around. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, writeSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../../src/host/identity.ts'
import { createMemfd, seal } from '../../src/host/memfd.ts'
import { until } from '../../src/host/until.ts'
import { launchQemu } from '../../src/vm/qemu/launch.ts'
import {
  belongsToRoot,
  type HostFiles,
  isContained,
  isolated,
  look,
  mountTable,
} from '../../src/vm/qemu/namespaces.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const noFiles: HostFiles = { readOnly: [], writable: [], appended: [], directory: '/' }
const works = spawnSync('unshare', ['--user', '--map-root-user', '--pid', '--fork', 'true']).status === 0
const isRoot = process.getuid?.() === 0
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] as const

let dir: string
let files: HostFiles
beforeEach(async () => {
  // As a user's folder may be called; others may go there.
  dir = await mkdtemp('/tmp/desktop #1-')
  await chmod(dir, 0o755)
  await mkdir(at('vm'))
  for (const name of ['image', 'disk', 'console.log', 'secret']) await writeFile(at(name), `${name}\n`)
  files = {
    readOnly: [at('image')],
    writable: [at('disk')],
    appended: [at('console.log')],
    directory: at('vm'),
  }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const at = (name: string): string => join(dir, name)

/** Output of a script that runs where QEMU would, with `dir` as its first argument. */
async function inside(
  script: string,
  {
    userNamespace = true,
    before = [],
    memory,
  }: { userNamespace?: boolean; before?: readonly string[]; memory?: number } = {},
): Promise<string> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  const argv = ['sh', '-c', `exec 2>&1; ${script}`, 'sh', dir]
  const line =
    isolated(argv, await look(files), mountinfo, { userNamespace, descriptors: memory !== undefined }) ?? []
  const [program = '', ...args] = [...before, ...line]
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', ...(memory === undefined ? [] : [memory])],
  })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await once(child, 'close')
  return said
}

const ways: readonly [string, Parameters<typeof inside>[1], boolean][] = [
  ['as an ordinary user', { before: asNobody }, isRoot],
  ['as root', {}, isRoot],
  ['as root without a user namespace', { userNamespace: false }, isRoot],
  ['as whoever runs the tests', {}, !isRoot],
]

for (const [who, how, applies] of ways) {
  const attack = test.runIf(works && applies)
  const mine = async (): Promise<void> => {
    if (how?.before === undefined) return
    for (const name of ['disk', 'console.log', 'vm', 'secret']) await chown(at(name), 65_534, 65_534)
  }

  attack(
    `${who}: no file of the host is there but programs, the image, the disk, the log and the sockets`,
    async () => {
      await mine()
      const found = await inside(
        'cd "$1" && ls; cd / && ls -d home root var run sys/* proc/* old/* etc/*; ls dev',
      )
      const names = found.split('\n').filter((line) => line !== '' && !line.includes('cannot access'))
      expect(names.filter((name) => name !== 'kvm')).toEqual([
        ...['console.log', 'disk', 'image', 'vm', 'etc/ld.so.cache', 'null', 'urandom'],
      ])
    },
  )

  attack(`${who}: the image and the programs cannot be written, the disk and the sockets can`, async () => {
    await mine()
    expect(
      await inside('for f in "$1/image" /usr/bin/env /usr/new /lib/new; do true >>"$f"; done', how),
    ).toMatch(/^(.*(Read-only file system|Permission denied).*\n){4}$/)
    expect(await inside('echo more >>"$1/disk"; : >"$1/vm/socket"; cat "$1/disk"', how)).toBe('disk\nmore\n')
  })

  attack(`${who}: no process of the host is seen or signalled, and no capability is left`, async () => {
    await mine()
    expect(await inside('kill -9 -1 || kill -0 2 || echo $$', how)).toMatch(/^(.*No such process\n+){2}1\n$/)
    expect(
      await inside('mount -t tmpfs t /old || umount /usr || unshare --mount true || echo none', how),
    ).toMatch(/denied[\s\S]*superuser[\s\S]*not permitted\nnone\n$/)
  })
}

test.runIf(works)(
  'of memory that it inherits QEMU opens its own descriptor, cannot write it, and sees no other',
  async () => {
    const memory = createMemfd('desktop-test', 8)
    writeSync(memory, 'template')
    seal(memory)
    const script =
      'cat /dev/fd/4; echo; echo evil >/dev/fd/4; ls /dev/fd /dev/fd/..; ls -d /proc/*; cat /dev/fd/4'
    try {
      const said = await inside(script, { memory })
      expect(said).toMatch(/^template\n.*(Operation not permitted)/)
      expect(said).toMatch(/^template$/m)
      expect(said).not.toMatch(/^(environ|root|cwd)$|secret|evil/m)
    } finally {
      closeSync(memory)
    }
  },
)

test.runIf(works)('no network of the host is reached, its abstract sockets included', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  // bash opens TCP connections by itself.
  expect(await inside(`bash -c ': </dev/tcp/127.0.0.1/${port}'`)).toMatch(/unreachable|refused|assign/i)
  server.close()
})

test.runIf(works && isContained('/usr/bin/sleep', noFiles))(
  'QEMU is known by its pid on the host, and its end and its parents are seen',
  async () => {
    const options = { logFile: at('qemu.log'), sockets: [], files }
    const { identity, exit } = await launchQemu(['/usr/bin/sleep', '600'], options)
    await until(
      async () => (await readFile(`/proc/${identity.pid}/cmdline`, 'utf8')) === '/usr/bin/sleep\x00600\x00',
      { deadlineMs: 10_000 },
    )
    expect(await readFile(`/proc/${identity.pid}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+1$/m)
    process.kill(identity.pid, 'SIGKILL')
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await isAlive(identity)).toBe(false)
  },
)

test.runIf(works)(
  'a host without user namespaces still starts QEMU, which the kernel then shows',
  async () => {
    // As Ubuntu and containers refuse them: no unshare(1) that works is found.
    await mkdir(at('bin'))
    await writeFile(
      at('bin/unshare'),
      '#!/bin/sh\necho unshare failed: Operation not permitted >&2\nexit 1\n',
      {
        mode: 0o755,
      },
    )
    const path = process.env.PATH
    process.env.PATH = `${at('bin')}:${path}`
    try {
      const options = { logFile: at('qemu.log'), sockets: [], files }
      const { identity, exit } = await launchQemu(['/usr/bin/sleep', '600'], options)
      expect(await readFile(`/proc/${identity.pid}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+$/m)
      process.kill(identity.pid, 'SIGKILL')
      await exit
    } finally {
      process.env.PATH = path
    }
  },
)

test('a QEMU from outside of the folders of programs is not cut off from what it loads', () => {
  expect(isContained('/usr/bin/qemu-system-x86_64', noFiles)).toBe(true)
  expect(isContained('/nix/store/abc-qemu/bin/qemu-system-x86_64', noFiles)).toBe(true)
  expect(isContained('/home/user/qemu/build/qemu-system-x86_64', noFiles)).toBe(false)
})

test('a QEMU among its own files is cut off from all others', () => {
  const own = { ...noFiles, readOnly: ['/home/user/.cache/qemu'] }
  expect(isContained('/home/user/.cache/qemu/lib/ld.so', own)).toBe(true)
  expect(isContained('/home/user/.cache/qemu-other/lib/ld.so', own)).toBe(false)
})

test.runIf(isRoot)('files that root cannot open without its capabilities are found', async () => {
  expect(await belongsToRoot(await look(files))).toBe(true)
  await chown(dir, 65_534, 65_534)
  await chmod(dir, 0o700)
  expect(await belongsToRoot(await look(files))).toBe(false)
})

test('a read-only copy keeps the flags of the mount that holds it, also for mounts below it', () => {
  const mountinfo = [
    '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '22 21 8:2 / /data rw,nosuid,nodev,noexec - ext4 /dev/sda2 rw',
    '23 22 8:3 / /data/a\\040b/in ro,nosuid - ext4 /dev/sda3 rw',
  ].join('\n')
  const table = mountTable(
    [{ path: '/link', real: '/data/a b', kind: 'directory', writable: false }],
    `${mountinfo}\n`,
  )
  expect(table.split('\n').slice(0, 2)).toEqual([
    '/data/a\\040b /sys/link none rbind,ro,nosuid,nodev,noexec 0 0',
    '/data/a\\040b/in /sys/link/in none bind,ro,nosuid 0 0',
  ])
})

test('a path with a line break is not put into a table of mounts', () => {
  const place = { path: '/a\n/etc', real: '/a\n/etc', kind: 'file', writable: true } as const
  expect(isolated(['true'], [place], '', { userNamespace: true })).toBeUndefined()
})
