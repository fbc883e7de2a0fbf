/** On a host without namespaces, a Landlock domain holds someone who broke out of QEMU: a shell looks around. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dial } from '../../src/host/dial.ts'
import { landlockAbi, rightsOf, rulesetAttributes } from '../../src/host/landlock.ts'
import { createMemfd, seal } from '../../src/host/memfd.ts'
import { memoryArgs } from '../../src/vm/qemu/argv.ts'
import { type Start, startConfined } from '../../src/vm/qemu/confine.ts'
import { Qmp } from '../../src/vm/qemu/qmp.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const abi = landlockAbi()
const hasPerl = spawnSync('perl', ['-v']).status === 0

let dir: string
let servers: Server[]
beforeEach(async () => {
  servers = []
  dir = await mkdtemp(join(tmpdir(), 'landlock #1-'))
  await mkdir(at('vm'))
  for (const name of ['image', 'disk', 'console.log', 'secret']) await writeFile(at(name), `${name}\n`)
})
afterEach(async () => {
  for (const server of servers) server.close()
  await rm(dir, { recursive: true, force: true })
})

const at = (name: string): string => join(dir, name)

interface Confined {
  child: ChildProcess
  /** What it said, when it is over. */
  ended: Promise<string>
}

/** Runs a program as QEMU runs on a host without namespaces. */
async function confined(argv: readonly string[], memory?: number): Promise<Confined> {
  const start: Start = async (argv, { ready }) => {
    const [program = '', ...rest] = argv[0] === 'unshare' ? ['false'] : argv
    const line = ['--no-new-privs', '--', program, ...rest]
    const child = spawn('setpriv', line, {
      stdio: [
        ...(['ignore', 'pipe', 'pipe', ready ? 'pipe' : 'ignore'] as const),
        ...(memory === undefined ? [] : [memory]),
      ],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    await once(child, 'spawn')
    return child
  }
  let output = ''
  const files = {
    readOnly: [at('image')],
    writable: [at('disk')],
    appended: [at('console.log')],
    directory: at('vm'),
  }
  const { child, pid } = await startConfined(argv, files, start, { descriptors: memory !== undefined })
  expect(pid).toBe(child.pid)
  const closed = child.exitCode === null ? once(child, 'close') : Promise.resolve()
  return { child, ended: closed.then(() => output) }
}

/** A shell, with `dir` as its first argument. */
async function inside(script: string, ...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const { child, ended } = await confined(['/usr/bin/env', 'sh', '-c', script, 'sh', dir, ...args])
  return { child, said: await ended }
}

async function listening(options: { path: string } | { host: string; port: number }): Promise<Server> {
  const server = createServer((socket) => socket.end('reached')).listen(options)
  servers.push(server)
  await once(server, 'listening')
  return server
}

describe.runIf(abi > 0)('in a Landlock domain', () => {
  test('the image is read, the disk and the log are written, and a socket is made', async () => {
    const { said } = await inside('cd "$1"; cat image; echo more >>disk; echo x >vm/a && rm vm/a; cat disk')
    expect(said).toBe('image\ndisk\nmore\n')
  })

  test.each([
    ['reading a file beside', 'cat "$1/secret"'],
    ['reading a file of the host', 'cat /etc/passwd'],
    ['listing a folder of the host', 'ls /etc'],
    ['listing the processes of the host', 'ls /proc'],
    ['reading /proc', 'cat /proc/self/environ'],
    ['a link to a file beside', 'ln -s ../secret "$1/vm/l"; cat "$1/vm/l"'],
    ['reading through a link that was there', 'cat "$1/vm/secret"'],
    ['a hard link', 'ln "$1/disk" "$1/vm/d" && echo reached'],
    ['writing the image', 'echo x >"$1/image" && echo reached'],
    ['cutting the image', 'truncate -s 0 "$1/image" && echo reached'],
    ['a new file beside', 'echo x >"$1/new" && echo reached'],
    ['a folder', 'mkdir "$1/vm/d" && echo reached'],
    ['a device', 'mknod "$1/vm/d" c 1 8 && echo reached'],
    ['moving the disk', 'mv "$1/disk" "$1/vm/disk" && echo reached'],
    [
      'running a program that it wrote',
      'cp /usr/bin/id "$1/vm/p"; chmod 700 "$1/vm/p"; "$1/vm/p" && echo reached',
    ],
    ['a mount', 'mount -t tmpfs tmpfs "$1/vm" && echo reached'],
    ['a new root', 'chroot "$1/vm" true && echo reached'],
  ])('an attempt at %s is refused', async (_what, script) => {
    await symlink('../secret', at('vm/secret'))
    const { child, said } = await inside(script)
    expect(said).not.toMatch(/^(secret|root:|reached|passwd|self)/m)
    expect(child.exitCode, said).not.toBe(0)
    expect(await readFile(at('image'), 'utf8')).toBe('image\n')
  })

  test.runIf(abi >= 6)('no other process is signalled', async () => {
    expect((await inside('kill -0 "$2" && echo reached', `${process.pid}`)).said).not.toContain('reached')
  })

  const dial = 'use IO::Socket::INET; use IO::Socket::UNIX;'
  test.runIf(hasPerl && abi >= 4)('no TCP port of this host is connected to or listened on', async () => {
    const server = await listening({ host: '127.0.0.1', port: 0 })
    const { port } = server.address() as { port: number }
    const out = `print IO::Socket::INET->new("127.0.0.1:${port}") ? "reached" : "refused"`
    const heard = 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") ? "reached" : "refused"'
    for (const use of [out, heard])
      expect((await inside('perl -e "$2"', `${dial} ${use}`)).said).toBe('refused')
  })

  test.runIf(hasPerl && abi >= 6)('no abstract socket of this host is connected to', async () => {
    const path = `\0desktop-test-${process.pid}`
    await listening({ path })
    const use = `print IO::Socket::UNIX->new(Peer => "\\0desktop-test-${process.pid}") ? "reached" : "refused"`
    expect((await inside('perl -e "$2"', `${dial} ${use}`)).said).toBe('refused')
  })
})

const qemu = '/usr/bin/qemu-system-x86_64'
test.runIf(abi > 0 && existsSync(qemu))(
  'QEMU itself comes up in the domain, with its disk, its log, its sockets and sealed memory that it inherits',
  async () => {
    const memory = createMemfd('desktop-test', 32 * 2 ** 20)
    seal(memory)
    const socket = at('vm/qmp.sock')
    const argv = [
      ...[
        qemu,
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-machine',
        'q35',
        '-accel',
        'tcg',
        '-m',
        '32M',
        '-S',
      ],
      ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
      ...['-drive', `if=none,id=data,file=${at('disk')},format=raw`, '-device', 'virtio-blk-pci,drive=data'],
      ...['-chardev', `socket,id=qmp,path=${socket},server=on,wait=off,logfile=${at('console.log')}`],
      ...['-mon', 'chardev=qmp,mode=control'],
      ...memoryArgs(32 * 2 ** 20, 'private'),
    ]
    const { child, ended } = await confined(argv, memory)
    closeSync(memory)
    await using qmp = await Qmp.open(await dial(socket, { deadlineMs: 30_000 }), () => {})
    await qmp.execute('quit').catch(() => {})
    await ended
    expect(child.exitCode).toBe(0)
    expect(await readFile(at('console.log'), 'utf8')).toContain('QMP')
  },
)

test('a kernel is asked for no right that its version does not know', () => {
  const device = { path: '/dev/kvm', kind: 'file', writable: true } as const
  for (const [version, bits, bytes] of [
    [1, 13, 8],
    [2, 14, 8],
    [3, 15, 8],
    [4, 15, 16],
    [5, 16, 16],
    [6, 16, 24],
    [9, 16, 24],
  ] as const) {
    const attributes = rulesetAttributes(version)
    expect(attributes).toHaveLength(bytes)
    expect(attributes.readBigUInt64LE(0)).toBe(2n ** BigInt(bits) - 1n)
    expect(rightsOf(device, version) >> bits).toBe(0)
  }
})

test('a file gets no right that folders alone have', () => {
  const rights = (writable: boolean): number => rightsOf({ path: '/a', kind: 'file', writable }, 6)
  expect(rights(false)).toBe(0b101)
  expect(rights(true)).toBe(0b1100_0000_0000_0110)
})
