/** Containers as on any dockerd: images, limits, streams, networks, published ports. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ipv6Settings } from '../../../src/config/ipv6-network.ts'
import type { EffectiveValue } from '../../../src/config/show.ts'
import { run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import { ok } from '../environment.ts'
import { docker, httpGet, machine } from '../shared-vm.ts'
import { hostWeb, port, published } from './life.ts'

export function containers(): void {
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
}
