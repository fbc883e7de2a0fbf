/**
 * What a user puts into the VM, on one VM: services, files, shares, swap, registries with their certificates, a proxy.
 * The tests run in order.
 */
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import type { SupervisorState } from '../../src/supervisor/process/recorded-requests.ts'
import { findServers } from '../../src/vm/share/servers.ts'
import { freePorts } from '../support/free-ports.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { writeDockerArchive } from './docker-archive.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import {
  type Authority,
  filesWith,
  type HttpProxy,
  makeAuthority,
  type Registry,
  startProxy,
  startRegistry,
} from './registry.ts'

const hostName = 'host.docker.internal'
const login = 'builder:s3cr3t-of-the-proxy'

let docker: Docker
let machine: TestEnvironment
let authority: Authority
let plain: Registry
let secure: Registry
let proxy: HttpProxy

/** Runs a line of shell in the VM. */
const inside = (line: string): Promise<string> => ok(machine.desktop('exec', '--', 'sh', '-c', line))

interface Parts {
  swap?: string
  engine?: string
  motd?: string
}

const write = ({ swap = '64MiB', engine = '', motd = 'welcome to the guest' }: Parts = {}): Promise<void> =>
  machine.write(`
vm: { cpus: 2, memory: 1GiB, disk: 4GiB, swap: ${swap} }
shares:
  - { source: ./work, target: /work, writable: true }
  - { source: ./data, target: /srv/data }
engine:
  insecureRegistries: ["${hostName}:${plain.port}", "far.test:${plain.port}"]
  registryMirrors: ["http://${hostName}:${plain.port}"]
  ${engine}
guest:
  services:
    - { name: beacon, image: ./beacon.tar, readonly: true, binds: [/etc/motd:/etc/motd] }
    - name: broken
      image: desktop/tools
      command: [sh, -c, "echo cannot find my socket; exit 7"]
  files:
    - { path: etc/motd, contents: "${motd}\\n", mode: "0644" }
    - { path: etc/key, source: ./key }
`)

beforeAll(async () => {
  docker = await dockerForTests()
  machine = await testEnvironment(docker.cli)
  const at = (name: string): string => join(machine.dir, name)
  const [plainPort = 0, securePort = 0, proxyPort = 0] = await freePorts(3)
  authority = await makeAuthority(at('ca'), hostName)
  plain = await startRegistry({ port: plainPort, dir: at('plain') })
  secure = await startRegistry({ port: securePort, dir: at('secure'), tls: authority })
  proxy = await startProxy(proxyPort, login)
  for (const name of ['work', 'data']) await mkdir(at(name))
  await writeFile(join(at('work'), 'note'), 'from the host\n')
  await writeFile(join(at('data'), 'fixed'), 'read only\n')
  await writeFile(at('key'), Buffer.from([0, 1, 255]))
  await writeDockerArchive(at('beacon.tar'), {
    layer: docker.rootfs,
    command: ['sh', '-c', 'echo serving; exec httpd -f -p 8099 -h /etc'],
  })
  await write()
})

afterAll(async () => {
  await machine?.[Symbol.asyncDispose]()
  await plain?.[Symbol.asyncDispose]()
  await secure?.[Symbol.asyncDispose]()
  await proxy?.[Symbol.asyncDispose]()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(await machine.logs())
})

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
    /** Without a value while a busy guest does not answer in time. */
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
  await inside('yes 0123456789 | head -c 3300000 >>/var/log/beacon.log')
  const sizes = () => inside('cat /var/log/beacon.log /var/log/beacon.log.1 | wc -c')
  await until(async () => Number(await sizes()) <= 2 ** 20, { deadlineMs: 60_000, intervalMs: 2_000 })
  const follow = run(
    [
      'timeout',
      '15',
      join(import.meta.dirname, '../../bin/desktop'),
      'logs',
      'beacon',
      '--follow',
      '-n',
      '1',
    ],
    {
      cwd: machine.dir,
      env: machine.env,
    },
  )
  await inside('sleep 4; echo the newest >>/var/log/beacon.log')
  expect((await follow).stdout).toMatch(/^0123456789\nthe newest\n$/)
})

test('a shared folder is read and written by containers, and a read-only one is read-only whatever the VM does', async () => {
  const volumes = ['-v', '/work:/w', '-v', '/srv/data:/d']
  const script =
    'cat /w/note /d/fixed; echo from a container >/w/back; touch /d/no 2>&1; rm /d/fixed 2>&1; true'
  const said = await ok(machine.docker('run', '--rm', ...volumes, 'box', 'sh', '-c', script))
  expect(said).toMatch(/^from the host\nread only\n(.*Read-only file system\n){2}$/)
  expect(await readFile(join(machine.dir, 'work/back'), 'utf8')).toBe('from a container\n')
  const mount = 'type=bind,source=/work/note,target=/note,readonly'
  expect(await ok(machine.docker('run', '--rm', '--mount', mount, 'box', 'cat', '/note'))).toBe(
    'from the host\n',
  )
  // Root of the VM mounts it writable: this host does not let it write all the same.
  const forced = await inside(
    'mkdir /tmp/rw; mount -t virtiofs -o rw share1 /tmp/rw && touch /tmp/rw/no 2>&1; umount /tmp/rw',
  )
  expect(forced).toContain('Read-only file system')
  await expect(stat(join(machine.dir, 'data/no'))).rejects.toMatchObject({ code: 'ENOENT' })
  // What this host writes is seen, and so are its permissions.
  await writeFile(join(machine.dir, 'work/script'), '#!/bin/sh\necho ran\n')
  await chmod(join(machine.dir, 'work/script'), 0o755)
  expect(await ok(machine.docker('run', '--rm', '-v', '/work:/w', 'box', '/w/script'))).toBe('ran\n')
})

test('root of the VM leaves no setuid program and no device on a writable share', async () => {
  const said = await inside(
    'cd /work; touch made; chmod u+s made 2>&1; mkdir -m 2755 folder 2>&1; mknod device b 8 0 2>&1; rm -f made; ls -l',
  )
  expect(said.match(/Operation not permitted/g)).toHaveLength(3)
  expect(said).not.toMatch(/^(b|.{3}s|.{6}s)/m)
})

test('a share that is not mounted any more is drift, and is mounted again live', async () => {
  await inside('umount /work')
  const drift = await machine.desktop('drift', '--exit-code')
  expect(drift.code, drift.stdout).toBe(2)
  expect(drift.stdout).toContain('/work is not mounted')
  await ok(machine.desktop('drift', '--repair'))
  expect(await inside('cat /work/note')).toBe('from the host\n')
})

test('a folder that is not there is an error of the plan, before anything changes', async () => {
  await write()
  const text = await readFile(join(machine.dir, 'desktop.yaml'), 'utf8')
  await writeFile(join(machine.dir, 'desktop.yaml'), text.replace('./data', './nowhere'))
  const apply = await machine.desktop('apply')
  expect(apply.code).toBe(4)
  expect(apply.stderr).toMatch(/shares\[1\]\.source: .*nowhere does not exist/)
  await write()
})

test('swap is grown, shrunk and removed while the VM runs, and a change by hand is drift', async () => {
  const swap = () => inside("awk '/swap/ { print $3 }' /proc/swaps")
  const kib = (mib: number): string => `${mib * 1024 - 4}\n`
  expect(await swap()).toBe(kib(64))
  for (const mib of [160, 96]) {
    await write({ swap: `${mib}MiB` })
    const plan = await ok(machine.desktop('plan'))
    expect(plan).toMatch(new RegExp(`live +set the swap space to ${mib}MiB`))
    expect(plan).not.toContain('restart')
    await ok(machine.desktop('apply'))
    expect(await swap()).toBe(kib(mib))
  }
  await inside('swapoff /var/lib/swap/*')
  expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
  await ok(machine.desktop('drift', '--repair'))
  expect(await swap()).toBe(kib(96))
  await write({ swap: '0MiB' })
  await ok(machine.desktop('apply'))
  expect(await swap()).toBe('')
  expect(await inside('ls /var/lib/swap')).toBe('')
})

test('a clock of the VM that goes wrong is set right by the host', async () => {
  await inside('date -s @1000000000')
  const difference = async (): Promise<number> =>
    Math.abs(Number(await inside('date +%s')) - Date.now() / 1000)
  await until(async () => (await difference()) < 5, { deadlineMs: 150_000, intervalMs: 3_000 })
})

const quiet = { swap: '0MiB' }

test('images go to a registry of this host by host.docker.internal, and come back through a mirror', async () => {
  const name = `${hostName}:${plain.port}/library/tiny:1`
  await ok(machine.docker('tag', 'box', name))
  await ok(machine.docker('push', '-q', name))
  expect(await plain.repositories()).toEqual(['library/tiny'])
  await ok(machine.docker('rmi', name))
  await ok(machine.docker('pull', '-q', 'tiny:1'))
  expect(await ok(machine.docker('run', '--rm', 'tiny:1', 'echo', 'mirrored'))).toBe('mirrored\n')
})

test('a registry with a private authority is refused until its certificate is trusted', async () => {
  const name = `${hostName}:${secure.port}/app:1`
  await ok(machine.docker('tag', 'box', name))
  const refused = await machine.docker('push', '-q', name)
  expect(refused.stderr).toMatch(/certificate signed by unknown authority|failed to verify certificate/)
  const proxies = `http: { fromEnv: TEST_PROXY }, https: { fromFile: ./proxy-url }, noProxy: "${hostName}"`
  const engine = `trustedCertificates: [./ca/authority.pem]\n  proxies: { ${proxies} }`
  machine.env.TEST_PROXY = `http://${login}@${hostName}:${proxy.port}`
  await writeFile(join(machine.dir, 'proxy-url'), `${machine.env.TEST_PROXY}\n`, { mode: 0o600 })
  await write({ ...quiet, engine })
  const plan = await ok(machine.desktop('plan'))
  expect(plan).toMatch(/restart-engine {2,}restart the engine/)
  expect(plan).toContain('engine.trustedCertificates: (none) → 1 certificate')
  expect(plan).not.toContain('s3cr3t')
  await ok(machine.desktop('apply'))
  expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
  await ok(machine.docker('push', '-q', name))
  expect(await secure.repositories()).toEqual(['app'])
})

test('the engine reaches what only the proxy reaches, with a password that is nowhere else', async () => {
  await ok(machine.docker('pull', '-q', `far.test:${plain.port}/library/tiny:1`))
  expect(proxy.asked).toContain(`far.test:${plain.port}`)
  expect(proxy.refused).toBe(0)
  const shown = await Promise.all([
    machine.desktop('config', 'show', '--origin'),
    machine.desktop('status', '--json'),
    machine.desktop('history', '--format', 'json'),
    machine.desktop('drift', '--format', 'json'),
    machine.docker('info'),
  ])
  for (const { stdout, stderr } of shown) expect(`${stdout}${stderr}`).not.toContain('s3cr3t')
  await ok(machine.desktop('render', '-o', join(machine.dir, 'rendered')))
  expect(await filesWith(join(machine.dir, 'rendered'), 's3cr3t')).toEqual([])
  expect(await filesWith(machine.paths.stateDir, 's3cr3t')).toEqual([])
})

test('a share whose server was killed is named by status and drift, and the VM serves the other one on', async () => {
  const reader = 'while :; do cat /d/fixed >/dev/null; sleep 0.2; done'
  await ok(machine.docker('run', '-d', '--name', 'stuck', '-v', '/srv/data:/d', 'box', 'sh', '-c', reader))
  const { vm } = JSON.parse(await readFile(machine.paths.supervisorState, 'utf8')) as SupervisorState
  const [, victim] = vm?.daemons ?? []
  if (victim === undefined) throw new Error('no server is on record')
  process.kill(victim.pid, 'SIGKILL')
  const isTold = async () =>
    (await ok(machine.desktop('status'))).includes('virtiofsd for /srv/data has exited')
  await until(isTold, { deadlineMs: 60_000, intervalMs: 500 })
  expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
  const plan = await ok(machine.desktop('plan'))
  expect(plan).toMatch(/restart-vm {2,}stop the VM/)
  expect(plan).toContain('stuck')
  expect(plan).toMatch(/shares\[1\]: virtiofsd for \/srv\/data has exited → served/)
  expect(await inside('cat /work/note')).toBe('from the host\n')
})

test('a VM with shares is shut down by stop, which says so, after its containers had their time', async () => {
  const farewell = "trap 'echo bye >/w/bye; exit' TERM; while :; do sleep 0.2; done"
  await ok(machine.docker('run', '-d', '--name', 'polite', '-v', '/work:/w', 'box', 'sh', '-c', farewell))
  const stop = await machine.desktop('stop')
  expect(stop.code, stop.stderr).toBe(0)
  expect(stop.stderr).toContain('is shut down (a VM with shares cannot be suspended)')
  expect(await readFile(join(machine.dir, 'work/bye'), 'utf8')).toBe('bye\n')
  expect(await filesWith(machine.paths.stateDir, 's3cr3t')).toEqual([])
  // Programs wait for the share whose server is gone, and so would a sync of everything.
  const console = await readFile(machine.paths.consoleLog, 'utf8')
  expect(console).toMatch(/data disk released[\s\S]*a share does not answer: powering off without it/)
  expect(await findServers(machine.paths.stateDir)).toEqual([])
})
