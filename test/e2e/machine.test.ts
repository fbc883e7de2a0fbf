/**
 * One environment through its life, with the real binary, a real VM, a real dockerd and docker client. The
 * tests share the VM and run in order; each states what a user relies on.
 */
import { spawn } from 'node:child_process'
import { access, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ipv6Settings } from '../../src/config/ipv6-network.ts'
import type { EffectiveValue } from '../../src/config/show.ts'
import { identityOf, isAlive } from '../../src/host/identity.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { controlClient } from '../../src/supervisor/api/client.ts'
import { freePorts } from '../support/free-ports.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'
import { whySilent } from './why-silent.ts'

const vmPart = 'vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\n'
let base = `${vmPart}network: { ipv6: true }\n`

let docker: Docker
let machine: TestEnvironment
let web: Server
let ports: number[]

/** One free port of the host for each use below. */
const [mapped, published, late, hostWeb] = [0, 1, 2, 3]
const port = (use: number | undefined): number => ports[use ?? 0] ?? 0

interface Status {
  vm: { state: string; pid?: number }
  ports: unknown[]
}
const status = async (): Promise<Status> =>
  JSON.parse(await ok(machine.desktop('status', '--json'))) as Status
const startedAt = (container: string): Promise<string> =>
  ok(machine.docker('inspect', '-f', '{{.State.StartedAt}} {{.State.Pid}} {{.RestartCount}}', container))

/** Why the last request failed. */
let httpFailure: unknown

/** What an HTTP server says, or undefined when nothing answers. */
async function httpGet(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
  } catch (error) {
    httpFailure = (error as Error).cause ?? error
    return undefined
  }
}

/** What tells this VM from any other, one a line, but its name. */
const identities = [
  ['machine-id', 'cat /etc/machine-id'],
  ['boot id', 'cat /proc/sys/kernel/random/boot_id'],
  ['random numbers', 'head -c 16 /dev/urandom | od -An -tx1'],
  ['file system', 'tune2fs -l "$(. /usr/lib/desktop/disks; disk_of data)" | grep UUID'],
  ['engine', 'cat /var/lib/docker/engine-id'],
] as const
async function identity(): Promise<Map<string, string>> {
  const script = identities.map(([, command]) => command).join('; echo; ')
  const lines = (await ok(machine.desktop('exec', '--', 'sh', '-c', script))).split('\n').filter(Boolean)
  expect(lines).toHaveLength(identities.length)
  const known = new Map<string, string>(identities.map(([name], index) => [name, lines[index] ?? '']))
  for (const network of ['bridge', 'host', 'none'])
    known.set(network, await ok(machine.docker('network', 'inspect', '-f', '{{.Id}}', network)))
  return known
}
let firstIdentity: ReadonlyMap<string, string>

beforeAll(async () => {
  docker = await dockerForTests()
  machine = await testEnvironment(docker.cli)
  ports = await freePorts(4)
  web = createServer((_request, response) => response.end('from the host'))
  await new Promise<void>((resolve) => web.listen(port(hostWeb), '127.0.0.1', resolve))
  await machine.write(base)
})

afterAll(async () => {
  web?.close()
  await machine?.[Symbol.asyncDispose]()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(await machine.logs())
})

test('a plan before the first apply says what there is to do and changes nothing', async () => {
  const plan = await machine.desktop('plan', '--exit-code')
  expect(plan.code, plan.stderr).toBe(2)
  expect(plan.stdout).toMatch(/start/i)
  await expect(readFile(machine.paths.record)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('apply gives a running docker and says where its socket is', async () => {
  const apply = await machine.desktop('apply')
  expect(apply.code, `${apply.stdout}${apply.stderr}`).toBe(0)
  expect(apply.stdout).toContain(`docker.sock is at ${machine.paths.sockets.docker}`)
  expect(await ok(machine.docker('version', '-f', '{{.Server.Version}}'))).toMatch(/^\d+\.\d+/)
  firstIdentity = await identity()
})

test('a second apply plans nothing, and drift finds none', async () => {
  const plan = await machine.desktop('plan', '--exit-code')
  expect(plan.code, plan.stdout).toBe(0)
  await ok(machine.desktop('apply'))
  const drift = await machine.desktop('drift', '--exit-code')
  expect(drift.code, drift.stdout).toBe(0)
})

test('a container runs from an image that was loaded through docker.sock', async () => {
  await ok(machine.docker('import', docker.rootfs, 'box'))
  expect(await ok(machine.docker('run', '--rm', 'box', 'echo', 'hello'))).toBe('hello\n')
})

test('a container has its limits, and every controller was on before the first service began', async () => {
  const limits = ['cat', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/cpu.max', '/sys/fs/cgroup/pids.max']
  const given = ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '99', 'box']
  expect(await ok(machine.docker('run', '--rm', ...given, ...limits))).toBe('67108864\n50000 100000\n99\n')
  const first = await ok(machine.desktop('exec', '--', 'cat', '/sys/fs/cgroup/first/cgroup.controllers'))
  expect(first.split(/\s+/)).toEqual(expect.arrayContaining(['cpuset', 'cpu', 'io', 'memory', 'pids']))
})

test('input and output of a container pass through the hijacked connection, end of input included', async () => {
  const result = await run([docker.cli, 'run', '--rm', '-i', 'box', 'wc', '-c'], {
    env: { ...machine.env, DOCKER_HOST: `unix://${machine.paths.sockets.docker}` },
    stdin: 'x'.repeat(300_000),
  })
  expect(result.stdout.trim(), result.stderr).toBe('300000')
})

test('exec, logs, cp, build and networks work as with any docker', async () => {
  await ok(machine.docker('run', '-d', '--name', 'long', 'box', 'sh', '-c', 'echo started; sleep 100000'))
  expect(await ok(machine.docker('exec', 'long', 'cat', '/proc/1/comm'))).toMatch(/sh|sleep/)
  expect(await ok(machine.docker('logs', 'long'))).toBe('started\n')
  const folder = join(machine.dir, 'context')
  await mkdir(folder)
  await writeFile(join(folder, 'note'), 'a note')
  await ok(machine.docker('cp', join(folder, 'note'), 'long:/tmp/note'))
  expect(await ok(machine.docker('exec', 'long', 'cat', '/tmp/note'))).toBe('a note')
  await writeFile(
    join(folder, 'Dockerfile'),
    'FROM box\nCOPY note /note\nRUN cat /note > /copy\nCMD ["cat", "/copy"]\n',
  )
  await ok(machine.docker('build', '-q', '-t', 'built', folder))
  expect(await ok(machine.docker('run', '--rm', 'built'))).toBe('a note')
  expect(await ok(machine.docker('network', 'ls', '--format', '{{.Name}}'))).toContain('bridge')
  expect(
    await ok(machine.docker('network', 'inspect', 'bridge', '-f', '{{(index .IPAM.Config 0).Subnet}}')),
  ).toBe('172.17.0.0/16\n')
})

test('a published port appears on the host and goes with its container', async () => {
  const url = `http://127.0.0.1:${port(published)}/`
  await ok(
    machine.docker(
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      `${port(published)}:80`,
      'box',
      ...docker.httpServer('from the container'),
    ),
  )
  expect(await until(() => httpGet(url), { deadlineMs: 20_000 })).toBe('from the container')
  await ok(machine.docker('rm', '-f', 'web'))
  await until(async () => (await httpGet(url)) === undefined, { deadlineMs: 20_000 })
})

test('a container reaches the host by host.docker.internal', async () => {
  const url = `http://host.docker.internal:${port(hostWeb)}/`
  expect(await ok(machine.docker('run', '--rm', 'box', 'wget', '-q', '-O-', url))).toBe('from the host')
})

test('the VM has IPv6: an address, a route, the host and names', async () => {
  const inVm = async (...argv: string[]) => await ok(machine.desktop('exec', '--', ...argv))
  const values = JSON.parse(await ok(machine.desktop('config', 'show', '--json'))) as EffectiveValue[]
  const subnet6 = values.find(({ path }) => path === 'network.subnet6')?.value
  const { address, gateway, host } = ipv6Settings(String(subnet6))
  expect(await inVm('ip', '-6', 'addr', 'show', 'eth0')).toContain(`inet6 ${address}/64 scope global`)
  expect(await inVm('ip', '-6', 'route')).toContain('default via fe80::50:ff:fe00:0 dev eth0')
  expect(await inVm('ping6', '-c1', '-W5', gateway)).toContain('1 packets received')
  expect(await inVm('nslookup', 'host.docker.internal', gateway)).toContain(host)
  expect(await inVm('wget', '-q', '-O-', `http://[${host}]:${port(hostWeb)}/`)).toBe('from the host')
})

test('exec runs a command in the VM or in a service, with its output, errors and code apart', async () => {
  const result = await machine.desktop('exec', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3')
  expect(result).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' })
  const inside = ['-s', 'docker', '-w', '/usr/sbin', '-e', 'A=b c', '--', 'sh', '-c', 'echo "$A"; ls dockerd']
  expect(await ok(machine.desktop('exec', ...inside))).toBe('b c\ndockerd\n')
})

test('shell gives a terminal of the VM, and its exit code', async () => {
  const { code, stdout } = await machine.desktopAtTerminal('echo $((6 * 7)) $(hostname); exit 7\n', 'shell')
  expect(stdout).toMatch(/^42 e2e\r*$/m)
  expect(code).toBe(7)
})

test('the console shows every viewer its scrollback, follows the window size, and is a path for screen', async () => {
  const { consoleTty } = machine.paths
  expect(await ok(machine.desktop('status'))).toContain(`screen ${consoleTty}`)
  // As `screen` does: a terminal of the host, opened by its name.
  const viewer = spawn('sh', ['-c', 'exec <>"$0"; printf "\\r" >&0; exec cat', consoleTty])
  let seen = ''
  viewer.stdout.on('data', (chunk: Buffer) => {
    seen += chunk
  })
  try {
    await until(async () => seen.includes('services started'), { deadlineMs: 30_000 })
    const command = `stty rows 33 cols 101; ${join(import.meta.dirname, '../../bin/desktop')} console`
    const argv: [string, ...string[]] = ['script', '-qec', command, '/dev/null']
    const typed = 'echo from-$((40 + 2))\n\x1d'
    const { stdout } = await run(argv, { cwd: machine.dir, env: machine.env, stdin: typed })
    expect(stdout).toContain('services started')
    expect(stdout).toContain('left the console')
    await until(async () => seen.includes('from-42'), { deadlineMs: 30_000 })
    const size = (): Promise<string> => ok(machine.desktop('exec', '--', 'stty', '-F', '/dev/ttyS0', 'size'))
    await until(async () => (await size()) === '33 101\n', { deadlineMs: 30_000 })
  } finally {
    viewer.kill('SIGKILL')
  }
})

test('pcap gives a file that tcpdump reads, with the frames of the filter and no others', async () => {
  const file = join(machine.dir, 'link.pcap')
  const capture = machine.desktop('pcap', '--write', file, '--count', '4', 'icmp')
  await until(async () => (await readFile(file).catch(() => '')).length > 0, { deadlineMs: 20_000 })
  await ok(machine.docker('run', '--rm', 'box', 'ping', '-c', '3', '192.168.65.1'))
  expect((await capture).stderr).toContain('4 frames captured')
  const lines = (await ok(run(['tcpdump', '-n', '-r', file]))).trim().split('\n')
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(line).toMatch(/192\.168\.65\.\d > 192\.168\.65\.\d: ICMP echo re/)
})

test('flows and metrics show the connection of a container with the host', async () => {
  const script = `(echo GET / HTTP/1.0; sleep 5) | nc host.docker.internal ${port(hostWeb)}`
  const held = machine.docker('run', '--rm', 'box', 'sh', '-c', script)
  const there = await until(
    async () => {
      const { flows } = JSON.parse(await ok(machine.desktop('flows', '--json')))
      return flows.find(({ remote }: { remote: string }) => remote === `192.168.65.254:${port(hostWeb)}`)
    },
    { deadlineMs: 30_000 },
  )
  expect(there).toMatchObject({ protocol: 'tcp', from: 'guest' })
  const metrics = await ok(
    run(['curl', '-s', '--unix-socket', machine.paths.sockets.control, 'http://desktop/metrics']),
  )
  expect(metrics).toMatch(/^desktop_net_tcp_flows [1-9]/m)
  await held
})

test('containers neither reach nor see the channel of the engine, whatever network they are on', async () => {
  for (const network of ['bridge', 'host']) {
    for (const to of ['192.168.65.3', '169.254.65.3', '169.254.65.1']) {
      // The network of the host may have something at that link-local address; it is not this engine.
      const ask = `printf 'GET /_ping HTTP/1.0\\r\\n\\r\\n' | nc -w 3 ${to} 2375`
      const attempt = await machine.docker('run', '--rm', '--network', network, 'box', 'sh', '-c', ask)
      expect(attempt.stdout).not.toMatch(/Docker|Api-Version/)
    }
  }
  const cards = await ok(machine.docker('run', '--rm', '--network', 'host', 'box', 'ls', '/sys/class/net'))
  expect(cards.split(/\s+/).filter((name) => name.startsWith('eth'))).toEqual(['eth0'])
})

test('a port mapping is added and removed live, with a running container untouched', async () => {
  const before = await startedAt('long')
  await ok(
    machine.docker(
      'run',
      '-d',
      '--name',
      'late',
      '--network',
      'host',
      'box',
      ...docker.httpServer('mapped', 8088),
    ),
  )
  await machine.write(`${base}ports: ["${port(late)}:8088"]\n`)
  const plan = await ok(machine.desktop('plan'))
  expect(plan).toContain(String(port(late)))
  expect(plan).not.toContain('restart')
  await ok(machine.desktop('apply'))
  expect(await until(() => httpGet(`http://127.0.0.1:${port(late)}/`), { deadlineMs: 10_000 })).toBe('mapped')
  await machine.write(base)
  await ok(machine.desktop('apply'))
  expect(await httpGet(`http://127.0.0.1:${port(late)}/`)).toBeUndefined()
  await ok(machine.docker('rm', '-f', 'late'))
  expect(await startedAt('long')).toBe(before)
})

test('a DNS host and an upstream are changed live', async () => {
  const before = await startedAt('long')
  await machine.write(
    `${vmPart}network: { ipv6: true, dns: { upstreams: [127.0.0.1], hosts: { registry.test: 192.168.65.254 } } }\n`,
  )
  const plan = await ok(machine.desktop('plan'))
  expect(plan).not.toContain('restart')
  await ok(machine.desktop('apply'))
  expect(await ok(machine.docker('exec', 'long', 'nslookup', 'registry.test'))).toContain('192.168.65.254')
  expect(await startedAt('long')).toBe(before)
})

test('egress rules are changed live, and cut neither DNS nor docker.sock', async () => {
  const before = await startedAt('long')
  const egress = '{ default: deny, rules: [{ deny: "*.bad.test" }, { allow: registry.test }] }'
  const hosts = '{ registry.test: 192.168.65.254, www.bad.test: 192.168.65.254 }'
  await machine.write(`${vmPart}network: { ipv6: true, dns: { hosts: ${hosts} }, egress: ${egress} }\n`)
  expect(await ok(machine.desktop('plan'))).not.toContain('restart')
  await ok(machine.desktop('apply'))
  const lookup = (name: string) => machine.docker('exec', 'long', 'nslookup', name)
  expect(await ok(lookup('registry.test'))).toContain('192.168.65.254')
  expect((await lookup('www.bad.test')).code).not.toBe(0)
  expect((await machine.docker('exec', 'long', 'ping', '-c1', '-W2', '198.51.100.1')).stdout).toContain(
    '0 packets',
  )
  const flows = await ok(machine.desktop('flows'))
  expect(flows).toMatch(/deny \*\.bad\.test +0 +[1-9]/)
  expect(flows).toMatch(/default deny +[1-9]/)

  await using control = controlClient(machine.paths)
  await control.setEgress({ default: 'allow', rules: [] })
  expect((await machine.desktop('drift', '--exit-code')).code).toBe(2)
  await machine.write(base)
  await ok(machine.desktop('apply'))
  expect(await startedAt('long')).toBe(before)
})

test('debug, labels and registry mirrors are taken by SIGHUP, with a running container untouched', async () => {
  const before = await startedAt('long')
  await machine.write(
    `${base}engine: { config: { debug: true, labels: [a=b] }, registryMirrors: ["http://host.docker.internal:5000"] }\n`,
  )
  const plan = await ok(machine.desktop('plan'))
  expect(plan).toMatch(/reload/)
  expect(plan).not.toMatch(/restart/)
  await ok(machine.desktop('apply'))
  const info = (format: string): Promise<string> => ok(machine.docker('info', '-f', format))
  expect(await info('{{.Debug}} {{.Labels}}')).toBe('true [a=b]\n')
  expect(await info('{{.RegistryConfig.Mirrors}}')).toContain('host.docker.internal:5000')
  await machine.write(base)
  await ok(machine.desktop('apply'))
  expect(await info('{{.Debug}} {{.Labels}} {{.RegistryConfig.Mirrors}}')).toBe('false [] []\n')
  expect(await startedAt('long')).toBe(before)
})

test('changes made by hand are drift, looking at them writes nothing, and --repair undoes them', async () => {
  await machine.write(`${base}ports: ["${port(mapped)}:80"]\n`)
  await ok(machine.desktop('apply'))
  await using control = controlClient(machine.paths)
  const { ports: told, dns } = await control.facts()
  const own = told.filter(({ owner }) => owner === 'config')
  const extra = own.flatMap((mapping) =>
    mapping.listen.kind === 'inet'
      ? [{ ...mapping, id: 'by-hand', listen: { ...mapping.listen, port: port(late) } }]
      : [],
  )
  await control.setPorts([...own, ...extra])
  if (dns !== undefined) await control.setDns({ ...dns, hosts: { ...dns.hosts, 'hand.test': '10.1.2.3' } })
  const daemonJson = JSON.parse(await control.guestReadFile('/run/config/docker/daemon.json'))
  const byHand = { ...daemonJson, debug: true, labels: ['by=hand'] }
  await control.guestWriteFile('/run/config/docker/daemon.json', JSON.stringify(byHand))
  await control.guestWriteFile('/run/config/network/host', '10.9.9.9\n')
  await ok(machine.docker('network', 'create', '--subnet', '192.168.65.192/28', 'clash'))

  const state = async (): Promise<string[]> => {
    const { record, journal, generationsDir, lastGoodDaemonJson, lastGoodVm } = machine.paths
    const texts = [record, journal, lastGoodDaemonJson, lastGoodVm].map((path) => readFile(path, 'utf8'))
    return [...(await Promise.all(texts)), ...(await readdir(generationsDir))]
  }
  const before = await state()
  const drift = await machine.desktop('drift', '--exit-code', '--format', 'json')
  expect(drift.code, drift.stdout).toBe(2)
  const seen = JSON.parse(drift.stdout) as {
    differences: { path: string }[]
    notes: { drift?: true; message: string }[]
  }
  const paths = seen.differences.map(({ path }) => path).join('\n')
  for (const part of ['by-hand', 'hand.test', 'engine.config.labels', '/run/config/network/host'])
    expect(paths).toContain(part)
  expect(seen.notes.filter((note) => note.drift).map(({ message }) => message)).toEqual([
    expect.stringContaining('clash (192.168.65.192/28)'),
  ])
  const annotations = await machine.desktop('drift', '--format', 'github')
  expect(annotations.stdout).toMatch(/^::warning file=desktop\.yaml/m)
  expect(await state()).toEqual(before)

  await ok(machine.docker('network', 'rm', 'clash'))
  await ok(machine.desktop('drift', '--repair'))
  const after = await machine.desktop('drift', '--exit-code')
  expect(after.code, after.stdout).toBe(0)
  await machine.write(base)
  await ok(machine.desktop('apply'))
})

test('a daemon.json that dockerd refuses is refused, and the one before stays in force', async () => {
  const before = await startedAt('long')
  await machine.write(`${base}engine: { config: { labels: [a=b], dns: [nonsense] } }\n`)
  const apply = await machine.desktop('apply')
  expect(apply.code).toBe(4)
  expect(`${apply.stdout}${apply.stderr}`).toContain('nonsense')
  await machine.write(base)
  expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
  expect(await startedAt('long')).toBe(before)
})

test('a change of memory is planned as a restart of the VM, which names the containers that stop', async () => {
  await machine.write(base.replace('1GiB', '1536MiB'))
  const plan = await machine.desktop('plan', '--exit-code')
  expect(plan.code).toBe(2)
  expect(plan.stdout).toContain('restart-vm')
  expect(plan.stdout).toContain('vm.memory')
  expect(plan.stdout).toContain('long')
  await machine.write(base)
})

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
    await run(
      [
        'timeout',
        '-s',
        'KILL',
        String(delayMs / 1000),
        join(import.meta.dirname, '../../bin/desktop'),
        'apply',
      ],
      {
        cwd: machine.dir,
        env: machine.env,
      },
    )
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
  const apply = join(import.meta.dirname, '../../bin/desktop')
  const happenings = {
    'kill the supervisor': async () => {
      const pid = Number(await readFile(machine.paths.supervisorPid, 'utf8').catch(() => '0'))
      const supervisor = pid === 0 ? undefined : await identityOf(pid)
      if (supervisor === undefined) return
      process.kill(pid, 'SIGKILL')
      await until(async () => !(await isAlive(supervisor)), { deadlineMs: 5_000 })
    },
    'kill an apply': async () => {
      const argv: [string, ...string[]] = ['timeout', '-s', 'KILL', '0.4', apply, 'apply']
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

/** What the file of the data disk takes on this host. */
const takenBytes = async (): Promise<number> => (await stat(machine.paths.dataDisk)).blocks * 512
const volume = (command: string): ReturnType<TestEnvironment['docker']> =>
  machine.docker('run', '--rm', '-v', 'big:/big', 'box', 'sh', '-c', command)
const disk = async (): Promise<{ total: number; available: number }> => {
  const { inside } = JSON.parse(await ok(machine.desktop('status', '--json'))) as {
    inside: { value: { totalBytes: number; availableBytes: number } }
  }
  return { total: inside.value.totalBytes, available: inside.value.availableBytes }
}

test('space freed in the VM is returned to the host by itself, and compact returns the rest', async () => {
  const before = await takenBytes()
  const bytes = 150 * 2 ** 20
  await ok(volume('dd if=/dev/urandom of=/big/one bs=1M count=150 && sync'))
  expect((await takenBytes()) - before).toBeGreaterThan(0.9 * bytes)
  await ok(volume('rm /big/one && sync'))
  await until(async () => (await takenBytes()) - before < 0.3 * bytes, { deadlineMs: 60_000 })
  const compacted = await ok(machine.desktop('disk', 'compact'))
  expect(compacted).toMatch(/reclaimed \d+ MB/)
  expect((await takenBytes()) - before).toBeLessThan(0.2 * bytes)
})

test('a disk that is full fails what writes to it and nothing else, says so, and grows live', async () => {
  const running = await startedAt('long')
  const { total, available } = await disk()
  // Zeros take nothing on this host.
  const fill = `fallocate -l ${available - 2 ** 26} /big/most; dd if=/dev/zero of=/big/rest bs=1M`
  const full = await volume(fill)
  expect(full.code).not.toBe(0)
  expect(full.stderr).toContain('No space left on device')
  expect(await ok(machine.desktop('status'))).toContain('the data disk is full')
  expect((await status()).vm.state).toBe('running')
  expect(await startedAt('long')).toBe(running)
  // A disk never shrinks: the rest of the tests has the larger one.
  base = base.replace('disk: 4GiB', 'disk: 5GiB')
  await machine.write(base)
  expect(await ok(machine.desktop('apply'))).toContain('grow')
  const grown = await disk()
  expect(grown.total - total).toBeGreaterThan(0.9 * 2 ** 30)
  expect(grown.available).toBeGreaterThan(0.8 * 2 ** 30)
  expect(await ok(volume('echo there is room >/big/more && cat /big/more'))).toBe('there is room\n')
  expect(await ok(machine.desktop('status'))).not.toContain('the data disk is full')
  await ok(machine.docker('volume', 'rm', 'big'))
  expect(await startedAt('long')).toBe(running)
  expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
})

test('a killed QEMU is drift, and apply brings the VM back with its data', async () => {
  await ok(machine.docker('volume', 'create', 'kept'))
  await ok(
    machine.docker('run', '--rm', '-v', 'kept:/kept', 'box', 'sh', '-c', 'echo precious > /kept/file; sync'),
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

/** Says `COUNT TIME` over HTTP, both from memory; on SIGTERM it leaves a farewell in the volume. */
const counter = [
  "trap 'echo bye >/kept/bye; sync; exit' TERM; mkdir /www; httpd -p 80 -h /www; i=0",
  'while :; do i=$((i+1)); echo "$i $(date +%s)" >/www/new; mv /www/new /www/index.html; sleep 0.2; done',
].join('; ')
const counted = async (): Promise<{ count: number; clock: number } | undefined> => {
  const [count, clock] = (await httpGet(`http://127.0.0.1:${port(published)}/`))?.split(' ').map(Number) ?? []
  return count === undefined || clock === undefined ? undefined : { count, clock }
}

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
    machine.docker('run', '--rm', '-v', 'kept:/kept', 'box', 'cat', '/kept/file', '/kept/bye', '/kept/slow'),
  )
  expect(kept).toBe('precious\nbye\nslow\n')
  await ok(machine.docker('rm', '-f', 'counter', 'slow'))
})

test('destroy needs consent, and then leaves no process and no file', async () => {
  const refused = await machine.desktop('destroy')
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('--yes')
  const { vm } = await status()
  const qemu = await identityOf(vm.pid ?? 0)
  const supervisor = await identityOf(Number(await readFile(machine.paths.supervisorPid, 'utf8')))
  await ok(machine.desktop('destroy', '--yes'))
  for (const process of [qemu, supervisor])
    expect(process !== undefined && (await isAlive(process))).toBe(false)
  await expect(readFile(machine.paths.dataDisk)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a fresh environment starts from the golden snapshot of the first, and is another in every respect', async () => {
  await machine.write(
    `${base.replace('5GiB', '4GiB')}engine: { config: { labels: [a=b] } }\nguest: { sysctl: { vm.swappiness: "7" } }\n`,
  )
  const apply = await ok(machine.desktop('apply'))
  expect(apply).not.toContain('golden snapshot')
  const own = await identity()
  for (const [name, value] of firstIdentity) expect(own.get(name), name).not.toBe(value)
  expect(await ok(machine.desktop('exec', '--', 'sh', '-c', 'dmesg | grep -c "virtual machine fork"'))).toBe(
    '1\n',
  )
  expect(await ok(machine.docker('info', '-f', '{{.Name}} {{.Labels}} {{.Images}}'))).toBe('e2e [a=b] 0\n')
  expect(await ok(machine.desktop('exec', '--', 'sysctl', '-n', 'vm.swappiness'))).toBe('7\n')
  expect((await machine.desktop('plan', '--exit-code')).code).toBe(0)
  await ok(machine.desktop('destroy', '--yes'))
})
