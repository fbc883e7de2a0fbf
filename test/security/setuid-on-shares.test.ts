/** The server of a shared folder creates no setuid files, device nodes or file capabilities on this host. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findHypervisor } from '../../src/guest/debian/hypervisor.ts'
import { answersEventCalls } from '../../src/host/event-calls.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { refusedCalls } from '../../src/host/refused-calls.ts'
import { setuidFilter } from '../../src/host/setuid-filter.ts'
import { onlyChild } from '../../src/vm/qemu/confine.ts'
import { findVirtiofsd, shareDaemon, type Virtiofsd } from '../../src/vm/share/virtiofs.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const privileges = join(import.meta.dirname, '../../src/host/least-privilege.ts')
const isFiltered = process.platform === 'linux' && setuidFilter(process.arch) !== undefined
const hasPerl = spawnSync('perl', ['-v']).status === 0
const isRoot = process.getuid?.() === 0

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'setuid-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Runs the lines as the supervisor would run them, and gives what they print. */
async function asSupervisor(lines: string): Promise<string> {
  const script = `
    import { giveUpPrivileges } from ${JSON.stringify(privileges)}
    import * as fs from 'node:fs'
    import { spawnSync } from 'node:child_process'
    if (!giveUpPrivileges().noSetuidFiles) throw new Error('no filter')
    const refused = (work) => { try { work() } catch (error) { return error.code } return 'done' }
    const status = (...command) => spawnSync(command[0], command.slice(1)).status
    process.stdout.write(JSON.stringify([${lines}]))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script],
    { cwd: dir },
  )
  return stdout
}

test.runIf(isFiltered)('no file or folder gets a setuid or setgid bit, by any call', async () => {
  const refusals = await asSupervisor(`
    refused(() => fs.writeFileSync('f', '')),
    refused(() => fs.chmodSync('f', 0o4755)), refused(() => fs.chmodSync('f', 0o2755)),
    refused(() => fs.fchmodSync(fs.openSync('f', 'r'), 0o6755)),
    refused(() => fs.openSync('new', 'w', 0o4755)), refused(() => fs.openSync('new', 'w', 0o2755)),
    refused(() => fs.mkdirSync('d', 0o2755)), refused(() => fs.mkdirSync('d', 0o4755))`)
  expect(JSON.parse(refusals)).toEqual(['done', ...Array(7).fill('EPERM')])
  expect((await stat(join(dir, 'f'))).mode & 0o6000).toBe(0)
  expect(existsSync(join(dir, 'new'))).toBe(false)
  expect(existsSync(join(dir, 'd'))).toBe(false)
})

test.runIf(isFiltered)('modes without these bits are set as before, the sticky bit too', async () => {
  const done = await asSupervisor(`
    refused(() => fs.writeFileSync('f', 'x', { mode: 0o640 })), refused(() => fs.chmodSync('f', 0o755)),
    refused(() => fs.mkdirSync('d', 0o1777)), refused(() => fs.readFileSync('f'))`)
  expect(JSON.parse(done)).toEqual(['done', 'done', 'done', 'done'])
  expect((await stat(join(dir, 'f'))).mode & 0o7777).toBe(0o755)
})

test.runIf(isFiltered)(
  'the calls that cause file events in a VM are answered, and change no file',
  async () => {
    await writeFile(join(dir, 'f'), 'content', { mode: 0o640 })
    const before = await stat(join(dir, 'f'))
    const length = (expression: string): string =>
      `spawnSync('perl', ['-e', 'open(my $f, "+<", "f"); exit(truncate($f, ${expression}) ? 0 : $!+0)']).status`
    const answers = await asSupervisor(`
    refused(() => fs.chmodSync('f', 0o7000)), refused(() => fs.fchmodSync(fs.openSync('f', 'r'), 0o7000)),
    ${length('2**60')}, spawnSync('chmod', ['7001', 'f']).stderr.toString().trim()`)
    expect(JSON.parse(answers)).toEqual(['done', 'done', 0, expect.stringContaining('Stale file handle')])
    expect(await stat(join(dir, 'f'))).toEqual(before)
    // Only exactly these.
    const others = await asSupervisor(`
    refused(() => fs.chmodSync('f', 0o7002)), refused(() => fs.chmodSync('f', 0o6000)),
    refused(() => fs.mkdirSync('d', 0o7000)), refused(() => fs.openSync('new', 'w', 0o7000)),
    ${length('2**32')}, ${length('0')}`)
    expect(JSON.parse(others)).toEqual([...Array(4).fill('EPERM'), 0, 0])
    expect((await stat(join(dir, 'f'))).size).toBe(0)
  },
)

test.runIf(isFiltered)('a process knows whether its filter answers them', async () => {
  const calls = JSON.stringify(join(import.meta.dirname, '../../src/host/event-calls.ts'))
  expect(answersEventCalls()).toBe(false)
  expect(await asSupervisor(`(await import(${calls})).answersEventCalls()`)).toBe('[true]')
})

test.runIf(isFiltered)('programs that it starts are held back too', async () => {
  await writeFile(join(dir, 'f'), '')
  const statuses = JSON.parse(
    await asSupervisor(`
    status('chmod', '755', 'f') === 0,
    status('chmod', 'u+s', 'f') === 0, status('chmod', '2755', 'f') === 0, status('mkdir', '-m', '2755', 'd') === 0,
    status('install', '-m', '4755', 'f', 'copy') === 0, status('cp', '--preserve=mode', 'f', 'other') === 0`),
  )
  expect(statuses).toEqual([true, false, false, false, false, true])
  expect((await stat(join(dir, 'f'))).mode & 0o6000).toBe(0)
})

test.runIf(isFiltered && hasPerl)('calls that Node does not make are refused as well', async () => {
  const perl = (code: string): string => `status('perl', '-e', ${JSON.stringify(code)})`
  const numbers =
    process.arch === 'x64'
      ? { mknodat: 259, openat2: 437, fchmodat2: 452 }
      : { mknodat: 33, openat2: 437, fchmodat2: 452 }
  // AT_FDCWD is -100. The status is the errno: EPERM 1, ENOSYS 38.
  const call = (number: number, path: string, rest: string): string =>
    perl(
      `my $path = "${path}"; my $how = pack("QQQ", 0101, 04755, 0); syscall(${number}, -100, $path, ${rest}) < 0 and exit($!+0); exit 0`,
    )
  const statuses = JSON.parse(
    await asSupervisor(
      [
        call(numbers.mknodat, 'fifo', '0010644, 0'),
        call(numbers.mknodat, 'setuid', '0104755, 0'),
        call(numbers.fchmodat2, 'fifo', '04755, 0'),
        call(numbers.openat2, 'fifo', '$how, 24'),
      ].join(', '),
    ),
  )
  expect(statuses).toEqual([0, 1, 1, 38])
})

test.runIf(isFiltered && hasPerl)(
  'other processes, keys, the kernel and the clock are out of reach',
  async () => {
    const { notPermitted = [], noSuchCall = [] } = refusedCalls[process.arch] ?? {}
    const calls = [...notPermitted, ...noSuchCall].map(
      (number) =>
        `status('perl', '-e', ${JSON.stringify(`syscall(${number}, -1, 0, 0, 0, 0, 0) < 0 and exit($!+0); exit 0`)})`,
    )
    const statuses: number[] = JSON.parse(await asSupervisor(calls.join(', ')))
    expect(statuses).toEqual([...notPermitted.map(() => 1), ...noSuchCall.map(() => 38)])
  },
)

test.runIf(isFiltered && hasPerl && process.arch === 'x64')('the x32 ABI is refused as well', async () => {
  const call = `status('perl', '-e', ${JSON.stringify(`my $path = "f"; syscall(0x4000005a, $path, 04755) < 0 and exit($!+0); exit 0`)})`
  expect(JSON.parse(await asSupervisor(call))).toEqual([1])
})

test('the filter is a whole number of instructions, which jump only forward and stay inside of it', () => {
  for (const arch of ['x64', 'arm64'] as const) {
    const filter = setuidFilter(arch)!
    const count = filter.length / 8
    for (let i = 0; i < count; i += 1) {
      const isJump = [0x15, 0x35, 0x45].includes(filter.readUInt16LE(i * 8))
      const jumps = isJump ? [filter.readUInt8(i * 8 + 2), filter.readUInt8(i * 8 + 3)] : [0]
      for (const jump of jumps) expect(i + 1 + jump).toBeLessThan(count + (isJump ? 0 : 1))
    }
    expect(filter.readUInt32LE(filter.length - 4)).toBe(0x7fff_0000)
  }
  expect(setuidFilter('riscv64')).toBeUndefined()
})

const ofHost = await findVirtiofsd()
/** In the cache once a file has said `vm.qemu: debian`. */
const ofDebian = (await findHypervisor(cachePaths()))?.virtiofsd
const servers: readonly (readonly [name: string, virtiofsd: Virtiofsd])[] = [
  ...(ofHost === undefined ? [] : [['host', { command: [ofHost], savesOpenFiles: false }] as const]),
  ...(ofDebian === undefined ? [] : [['Debian', { ...ofDebian, savesOpenFiles: true }] as const]),
]
const canUnshare =
  spawnSync('unshare', [...(isRoot ? [] : ['--map-root-user']), '--mount', 'true']).status === 0

test.runIf(canUnshare).each(servers)(
  'the server (%s) of a writable share has no capability to make device nodes or file capabilities, or to keep setuid bits',
  async (_name, virtiofsd) => {
    const source = join(dir, 'shared')
    await mkdir(source)
    const socket = join(dir, 's')
    const { argv } = shareDaemon(
      { source, target: '/work', writable: true, events: true },
      { virtiofsd, socket, isRoot },
    )
    const child = spawn(argv[0]!, argv.slice(1), { stdio: 'ignore' })
    try {
      await expect.poll(() => existsSync(socket), { timeout: 30_000 }).toBe(true)
      // It gives its capabilities up once QEMU is there.
      const qemu = connect(socket)
      qemu.on('error', () => {})
      await once(qemu, 'connect')
      const capabilities = async (): Promise<bigint> => {
        const text = await readFile(`/proc/${await onlyChild(child.pid ?? 0)}/status`, 'utf8')
        return BigInt(`0x${/^CapPrm:\s+(\S+)$/m.exec(text)?.[1]}`)
      }
      const lost = (1n << 4n) | (1n << 27n) | (1n << 31n)
      await expect.poll(async () => (await capabilities()) & lost, { timeout: 30_000 }).toBe(0n)
      // Owners of files still follow the guest's.
      expect((await capabilities()) & 1n).toBe(1n)
      qemu.destroy()
    } finally {
      const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  },
)
