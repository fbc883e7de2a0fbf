/**
 * Features of a full Linux and of dockerd's configuration that containers expect, on one VM. The tests run in
 * order.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dockerClient, hostGlibc } from '../../src/guest/debian/client.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { configOf, groups } from '../config/daemon-keys.ts'
import { freePorts } from '../support/free-ports.ts'
import { engineFacts } from './daemon-facts.ts'
import { ok } from './environment.ts'
import { applyWithBox, docker, inside, machine, shareVm } from './shared-vm.ts'

/** An authorization plugin in shell: it allows all but what has to do with volumes. */
const gate = `#!/bin/sh
read -r _ path _
length=0
while read -r name value; do
  case $name in [Cc]ontent-[Ll]ength:) length=\${value%?} ;; ?) break ;; esac
done
body=$(head -c "$length")
answer='{"Allow":true}'
case $path$body in
  */Plugin.Activate*) answer='{"Implements":["authz"]}' ;;
  */AuthZPlugin.AuthZReq*/volumes/create*) answer='{"Allow":false,"Msg":"no volumes"}' ;;
esac
printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n%s' "\${#answer}" "$answer"
`
const startGate = `mkdir -p /run/docker/plugins
cat >/run/gate <<'END'
${gate}END
chmod 755 /run/gate
in-service port-channel setsid socat UNIX-LISTEN:/run/docker/plugins/gate.sock,fork EXEC:/run/gate >/dev/null 2>&1 </dev/null &`

const write = (engine = ''): Promise<void> =>
  machine.write(`vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\nengine: { config: { ${engine} } }\n`)
const container = (...args: string[]): Promise<string> => ok(machine.docker('run', '--rm', ...args))

shareVm(async () => {
  await write()
  await applyWithBox()
})

test('opening a static device node loads its module', async () => {
  const tun = ['--cap-add', 'NET_ADMIN', '--device', '/dev/net/tun', 'box']
  await container(...tun, 'sh', '-c', 'exec 3<>/dev/net/tun')
  expect(await inside('lsmod')).toMatch(/^tun /m)
})

test('binfmt_misc can be mounted in a privileged container', async () => {
  const mount = 'mount -t binfmt_misc x /proc/sys/fs/binfmt_misc && cat /proc/sys/fs/binfmt_misc/status'
  expect(await container('--privileged', 'box', 'sh', '-c', mount)).toBe('enabled\n')
})

test('AppArmor confines all containers except privileged and unconfined ones', async () => {
  expect(await ok(machine.docker('info', '-f', '{{.SecurityOptions}}'))).toContain('name=apparmor')
  const profile = ['box', 'cat', '/proc/self/attr/current']
  expect(await container(...profile)).toBe('docker-default (enforce)\n')
  expect(await container('--network', 'host', '--pid', 'host', ...profile)).toBe('docker-default (enforce)\n')
  expect(await container('--security-opt', 'apparmor=unconfined', ...profile)).toBe('unconfined\n')
  expect(await container('--privileged', ...profile)).toBe('unconfined\n')
})

test('AppArmor denies mounts and SysRq to a container with SYS_ADMIN and all of /proc', async () => {
  const attempts =
    'mkdir /m; mount -t tmpfs x /m && echo mounted; echo h >/proc/sysrq-trigger && echo written; true'
  const admin = ['--cap-add', 'SYS_ADMIN', '--security-opt', 'systempaths=unconfined']
  const tries = (...options: string[]) => container(...admin, ...options, 'box', 'sh', '-c', attempts)
  expect(await tries()).toBe('')
  expect(await tries('--security-opt', 'apparmor=unconfined')).toBe('mounted\nwritten\n')
})

test('file systems and drivers of volumes are loaded on demand', async () => {
  await inside('modprobe -a cifs nfs ceph iscsi_tcp nbd vxlan')
  const known = (await inside('cat /proc/filesystems')).split(/\s+/)
  expect(known).toEqual(expect.arrayContaining(['ceph', 'cifs', 'nfs']))
})

test('bridges and new networks carry packets as large as the link', async () => {
  const mtu = 'cat /sys/class/net/eth0/mtu'
  expect(await container('box', 'sh', '-c', mtu)).toBe('65520\n')
  await ok(machine.docker('network', 'create', 'large'))
  expect(await container('--network', 'large', 'box', 'sh', '-c', mtu)).toBe('65520\n')
})

test('packets of every size reach a container whose network is narrower than the link', async () => {
  const narrow = ['-o', 'com.docker.network.driver.mtu=1500', 'narrow']
  await ok(machine.docker('network', 'create', ...narrow))
  for (const bytes of ['1472', '1473', '4000', '60000']) {
    const ping = ['ping', '-c', '1', '-W', '5', '-s', bytes, 'host.docker.internal']
    expect(await container('--network', 'narrow', 'box', ...ping)).toContain('1 packets received')
  }
})

test('the engine clones a repository on the host as a build context', async () => {
  const dir = join(machine.dir, 'repo')
  const git = (...args: string[]) =>
    ok(run(['git', '-C', dir, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]))
  await ok(run(['git', 'init', '-q', '-b', 'main', dir]))
  await ok(run(['sh', '-c', `printf 'FROM box\\nRUN echo built >/built\\n' >${dir}/Dockerfile`]))
  await git('add', '.')
  await git('commit', '-qm', 'first')
  const [port = 0] = await freePorts(1)
  const served = [`--base-path=${machine.dir}`, '--export-all', '--listen=127.0.0.1', `--port=${port}`]
  const daemon = spawn('git', ['daemon', '--reuseaddr', ...served], { stdio: 'ignore', detached: true })
  try {
    const url = `git://host.docker.internal:${port}/repo/.git#main`
    await until(
      async () => (await run(['git', 'ls-remote', `git://127.0.0.1:${port}/repo/.git`])).code === 0,
      {
        deadlineMs: 20_000,
      },
    )
    // A client without buildx would clone it itself.
    const remote = `http://docker/build?t=built&remote=${encodeURIComponent(url)}`
    const build = await run([
      'curl',
      '-sS',
      '--unix-socket',
      machine.paths.sockets.docker,
      '-X',
      'POST',
      remote,
    ])
    expect(`${build.code} ${build.stdout}${build.stderr}`).toContain('Successfully tagged built')
    expect(await container('built', 'cat', '/built')).toBe('built\n')
  } finally {
    const ended = once(daemon, 'exit')
    // Itself and what `git` runs for it.
    process.kill(-(daemon.pid ?? 0))
    await ended
  }
})

const applied = async (config: object): Promise<{ plan: string; isSameEngine: boolean }> => {
  const pid = (): Promise<string> => inside('pidof dockerd')
  const before = await pid()
  await write(JSON.stringify(config).slice(1, -1))
  const plan = await ok(machine.desktop('plan'))
  await ok(machine.desktop('apply'))
  return { plan, isSameEngine: before === (await pid()) }
}

test.each(Object.entries(groups))('the keys of daemon.json do what they say: %s', async (name, rows) => {
  const since = String(Math.floor(Date.now() / 1_000))
  const { plan, isSameEngine } = await applied(configOf(rows))
  const effect = name === 'reload' ? 'reload' : 'restart-engine'
  expect(plan).toContain(`1 operation; the engine ${name === 'reload' ? 'reloads' : 'restarts'}`)
  expect(plan).toContain(`  ${effect} `)
  expect(isSameEngine).toBe(name === 'reload')
  // Another storage driver hides all images.
  await ok(machine.docker('import', docker.rootfs, 'box'))
  const { plugins } = await dockerClient({ cache: cachePaths(), glibc: hostGlibc() })
  const env = { ...machine.env, DOCKER_HOST: `unix://${machine.paths.sockets.docker}` }
  const buildkit = (): Promise<string> =>
    ok(run([plugins['docker-buildx'] ?? '', 'inspect', 'default'], { env }))
  const facts = await engineFacts(machine, since, buildkit)
  for (const { key, seen, expected } of rows) expect.soft(seen(facts), key).toEqual(expected)
})

test('an authorization plugin decides from the reload on, until it is taken out', async () => {
  await inside(startGate)
  expect((await applied({ 'authorization-plugins': ['gate'] })).plan).toContain('restart-engine')
  const denied = await machine.docker('volume', 'create', 'gated')
  expect(denied.stderr).toContain('authorization denied by plugin gate: no volumes')
  expect(await applied({})).toMatchObject({ isSameEngine: true })
  await ok(machine.docker('volume', 'create', 'gated'))
})

test('userns-remap maps root of containers to a user without rights in the VM', async () => {
  await write('userns-remap: default')
  await ok(machine.desktop('apply'))
  await ok(machine.docker('import', docker.rootfs, 'box'))
  expect(await container('box', 'cat', '/proc/self/uid_map')).toMatch(/^\s+0\s+100000\s+65536$/m)
})

test('the image store of containerd is a restart of the engine, and is what the engine then runs', async () => {
  await write('features: { containerd-snapshotter: true }')
  expect(await ok(machine.desktop('plan'))).toContain('restart-engine')
  await ok(machine.desktop('apply'))
  const info = await ok(machine.docker('info', '--format', '{{json .DriverStatus}}'))
  expect(info).toContain('io.containerd.snapshotter')
  expect((await machine.desktop('drift', '--exit-code')).code).toBe(0)
})
