import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  directoriesCheck,
  dockerChecks,
  pingCheck,
  rangesCheck,
  socketPathsCheck,
  staleSocketsCheck,
} from '../../../src/cli/doctor/access.ts'
import type { Check } from '../../../src/cli/doctor/check.ts'
import { directoryFacts, dockerEndpoint, socketFact } from '../../../src/cli/doctor/facts.ts'
import {
  acceleratorCheck,
  clockCheck,
  cpusCheck,
  groupMemoryLimit,
  memoryCheck,
  packagesCheck,
  qemuCheck,
  spaceCheck,
  suspendCheck,
} from '../../../src/cli/doctor/machine.ts'
import { present, unknown } from '../../../src/observation.ts'

const GiB = 2 ** 30
const meminfo = (total: number, available: number): string =>
  `MemTotal:       ${(total * GiB) / 1024} kB\nMemFree:  1 kB\nMemAvailable:   ${(available * GiB) / 1024} kB\n`
const memory = { meminfo: meminfo(16, 8), groupBytes: undefined, vmBytes: 4 * GiB, running: false }
const clock = {
  now: new Date('2026-06-01'),
  built: new Date('2026-01-01'),
  synchronised: true,
  guestSeconds: undefined,
}
const at = (text: string): number => new Date(text).getTime() / 1000
const user = { groups: [1000], isRoot: false }

test.each<[string, Check[], Check['state'], RegExp]>([
  ['packages', [packagesCheck([], '')], 'good', /all installed/],
  ['packages missing', [packagesCheck(['qemu-img'], 'run: pacman -S')], 'bad', /qemu-img.*pacman -S/s],
  ['QEMU', qemuCheck('QEMU emulator version 7.2.22 (Debian 1:7.2)'), 'good', /7\.2\.22/],
  ['QEMU old', qemuCheck('QEMU emulator version 6.2.0'), 'limited', /6\.2\.0, older.*7\.2 or later/s],
  ['QEMU 10', qemuCheck('QEMU emulator version 10.0.2'), 'good', /10\.0\.2/],
  ['shares old', suspendCheck('version 7.2.22', { savesOpenFiles: false }), 'limited', /shuts the VM down/],
  ['shares QEMU', suspendCheck('version 8.1.5', { savesOpenFiles: true }), 'limited', /vm\.qemu: debian/],
  ['shares virtiofsd', suspendCheck('version 10.0.2', { savesOpenFiles: false }), 'limited', /cannot save/],
  ['shares new', suspendCheck('version 8.2.0', { savesOpenFiles: true }), 'good', /possible/],
  ['QEMU odd', qemuCheck('what'), 'limited', /unknown version/],
  ['kvm', [acceleratorCheck(present({ accelerator: 'kvm' }))], 'good', /kvm/],
  [
    'kvm closed',
    [
      acceleratorCheck(
        present({ accelerator: 'tcg', reason: 'this user may not open /dev/kvm', hint: 'join kvm' }),
      ),
    ],
    'limited',
    /may not open.*join kvm/s,
  ],
  ['tcg on purpose', [acceleratorCheck(present({ accelerator: 'tcg' }))], 'good', /tcg/],
  ['no image yet', [acceleratorCheck(unknown('no kernel yet'))], 'limited', /no kernel yet.*apply/s],
  ['no QEMU yet', [acceleratorCheck(undefined)], 'limited', /apply/],
  ['memory', memoryCheck(memory), 'good', /4GiB of 17\.2 GB/],
  ['memory too large', memoryCheck({ ...memory, vmBytes: 32 * GiB }), 'bad', /lower vm\.memory/],
  ['memory taken', memoryCheck({ ...memory, meminfo: meminfo(16, 2) }), 'limited', /available now/],
  [
    'memory taken by the VM',
    memoryCheck({ ...memory, meminfo: meminfo(16, 2), running: true }),
    'good',
    /4GiB/,
  ],
  ['memory of a container', memoryCheck({ ...memory, groupBytes: 2 * GiB }), 'bad', /control group/],
  ['CPUs', [cpusCheck(2, 4)], 'good', /2 of 4/],
  ['CPUs too many', [cpusCheck(8, 4)], 'limited', /set vm\.cpus to 4/],
  ['space', [spaceCheck('space', 5e9, '/x', 'XDG_STATE_HOME')], 'good', /5\.0 GB at \/x/],
  ['space short', [spaceCheck('space', 1e9, '/x', 'XDG_STATE_HOME')], 'bad', /set XDG_STATE_HOME/],
  ['clock', [clockCheck(clock)], 'good', /2026-06-01/],
  ['clock in the past', [clockCheck({ ...clock, now: new Date('2025-01-01') })], 'bad', /in the past/],
  ['clock loose', [clockCheck({ ...clock, synchronised: false })], 'limited', /timedatectl set-ntp/],
  ['clock of the VM', [clockCheck({ ...clock, guestSeconds: at('2026-06-01') + 1 })], 'good', /agrees/],
  [
    'clock of the VM apart',
    [clockCheck({ ...clock, guestSeconds: at('2026-06-01') - 90 })],
    'limited',
    /90 s off/,
  ],
  ['ping', pingCheck('0 2147483647', user, 'linux'), 'good', /allowed/],
  ['ping closed', pingCheck('1 0', user, 'linux'), 'limited', /ping_group_range/],
  ['ping by root', pingCheck('1 0', { groups: [0], isRoot: true }, 'linux'), 'good', /allowed/],
  ['ping unknown', pingCheck(undefined, user, 'linux'), 'limited', /ping_group_range/],
  ['socket paths', [socketPathsCheck(['/run/a.sock'])], 'good', /11 of 103/],
  ['socket paths long', [socketPathsCheck([`/${'a'.repeat(120)}`])], 'bad', /shorter/],
  ['sockets', [staleSocketsCheck([{ path: '/a', state: 'absent' }], false)], 'good', /no stale sockets/],
  ['sockets left', [staleSocketsCheck([{ path: '/a', state: 'stale' }], false)], 'limited', /\/a.*apply/s],
  ['not a socket', [staleSocketsCheck([{ path: '/a', state: 'other' }], true)], 'bad', /remove it/],
  ['ranges', rangesCheck([]), 'good', /no conflict/],
  [
    'ranges clash',
    rangesCheck([{ level: 'error', about: 'network.subnet', message: 'overlaps', hint: 'use 10.0.0.0/24' }]),
    'bad',
    /use 10/,
  ],
  [
    'no docker',
    dockerChecks({ client: undefined, endpoint: undefined, wanted: 'unix:///d' }),
    'limited',
    /desktop docker/,
  ],
  [
    'docker here',
    dockerChecks({
      client: '/d',
      endpoint: { from: 'DOCKER_HOST', host: 'unix:///d' },
      wanted: 'unix:///d',
    }).slice(1),
    'good',
    /this environment, from DOCKER_HOST/,
  ],
  [
    'docker elsewhere',
    dockerChecks({
      client: '/d',
      endpoint: { from: 'docker context x', host: 'unix:///e' },
      wanted: 'unix:///d',
    }).slice(1),
    'limited',
    /docker context x.*desktop env/s,
  ],
  ['directories', [directoriesCheck([{ variable: 'X', path: '/x', problem: undefined }])], 'good', /\/x/],
  [
    'directories closed',
    [directoriesCheck([{ variable: 'X', path: '/x', problem: 'EACCES' }])],
    'bad',
    /set X/,
  ],
])('%s', (_name, checks, state, said) => {
  expect(checks).toHaveLength(1)
  const [check] = checks
  expect(check?.state).toBe(state)
  expect(`${check?.found}\n${check?.fix ?? ''}`).toMatch(said)
  // Every failed check has a fix.
  expect(check?.fix !== undefined).toBe(state !== 'good')
})

test.each<[string, string, Record<string, string>, number | undefined]>([
  [
    'unified',
    '0::/user.slice/a\n',
    { '/sys/fs/cgroup/user.slice/a/memory.max': '1000\n', '/sys/fs/cgroup/memory.max': 'max\n' },
    1000,
  ],
  ['in a container', '0::/\n', { '/sys/fs/cgroup/memory.max': '2000\n' }, 2000],
  ['no limit', '0::/\n', { '/sys/fs/cgroup/memory.max': 'max\n' }, undefined],
  [
    'version 1',
    '3:memory:/docker/x\n2:cpu:/\n',
    { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '3000\n' },
    3000,
  ],
  [
    'version 1 without',
    '3:memory:/\n',
    { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' },
    undefined,
  ],
])('the memory limit of a control group: %s', async (_name, groups, files, limit) => {
  expect(await groupMemoryLimit(groups, async (path) => files[path])).toBe(limit)
})

test('a socket answers, is left behind by a dead process, or is another kind of file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'doc-'))
  const path = join(dir, 's')
  try {
    expect((await socketFact(path)).state).toBe('absent')
    const server = createServer().listen(path)
    await new Promise((resolve) => server.once('listening', resolve))
    expect((await socketFact(path)).state).toBe('answers')
    // A killed process leaves its socket file behind.
    const { rename } = await import('node:fs/promises')
    await rename(path, `${path}.kept`)
    await new Promise((resolve) => server.close(resolve))
    expect((await socketFact(`${path}.kept`)).state).toBe('stale')
    await writeFile(join(dir, 'file'), '')
    expect((await socketFact(join(dir, 'file'))).state).toBe('other')
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('a directory that does not exist can be made where the one above it can be written', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'doc-'))
  try {
    await writeFile(join(dir, 'file'), '')
    const dirs = { state: join(dir, 'a', 'b'), cache: dir, runtime: join(dir, 'file', 'x'), config: dir }
    const [state, cache, runtime] = await directoryFacts(dirs)
    expect([state?.problem, cache?.problem]).toEqual([undefined, undefined])
    expect(runtime?.problem).toMatch(/ENOTDIR|not a directory/)
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('docker is asked as it asks itself: DOCKER_HOST, then the context', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'doc-'))
  try {
    const env = { PATH: '', DOCKER_CONFIG: dir }
    expect((await dockerEndpoint(env)).endpoint).toBeUndefined()
    await writeFile(join(dir, 'config.json'), '{"currentContext":"gone"}')
    expect((await dockerEndpoint(env)).endpoint?.from).toBe('docker context gone')
    const given = await dockerEndpoint({ ...env, DOCKER_HOST: 'tcp://a:1' })
    expect(given.endpoint).toEqual({ from: 'DOCKER_HOST', host: 'tcp://a:1' })
  } finally {
    await rm(dir, { recursive: true })
  }
})
