/**
 * Published ports and the engine's channel on a real VM, as relied on by users and tools. The tests share the
 * VM and run in order.
 */
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemCode } from '../../src/errors/system.ts'
import { until } from '../../src/host/until.ts'
import { freePorts } from '../support/free-ports.ts'
import { ok } from './environment.ts'
import { namedGet, throughTunnel } from './names.ts'
import { applyWithBox, docker, httpGet, machine, shareVm } from './shared-vm.ts'

const vm = 'vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\n'
let ports: number[]

const port = (use: number): number => ports[use] ?? 0

/** Whether a connection is accepted now; one that is reset was, and nobody listens in the container. */
const isOpen = (at: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(at, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', (error) => resolve(systemCode(error) === 'ECONNRESET'))
    socket.once('connect', () => socket.destroy())
  })

const listen = (server: Server, at: number, address = '127.0.0.1'): Promise<void> =>
  new Promise((resolve, reject) => server.once('error', reject).listen(at, address, resolve))

/** A container with a web server that says `text`. */
const serve = (name: string, text: string, ...options: string[]): Promise<string> =>
  ok(machine.docker('run', '-d', '--name', name, ...options, 'box', ...docker.httpServer(text)))

shareVm(async () => {
  ports = await freePorts(8)
  await machine.write(`${vm}engine: { config: { live-restore: true } }\n`)
  await applyWithBox()
})

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  // What a failed test leaves must not fail the next ones.
  const containers = (await machine.docker('ps', '-aq')).stdout.split(/\s+/).filter(Boolean)
  if (containers.length > 0) await machine.docker('rm', '-f', ...containers)
})

test('a port is reached on each address that it is published on, and on both loopbacks for all addresses', async () => {
  const [one, two, six, all] = [port(0), port(1), port(2), port(3)]
  const single = ['-p', `127.0.0.1:${one}:80`, '-p', `127.0.0.2:${two}:80`, '-p', `[::1]:${six}:80`]
  await serve('forms', 'hello', ...single, '-p', `${all}:80`)
  const urls = [`127.0.0.1:${one}`, `127.0.0.2:${two}`, `[::1]:${six}`, `127.0.0.1:${all}`, `[::1]:${all}`]
  // The port is open when docker run returns; the server behind it may take a moment more.
  for (const at of urls)
    expect(await until(() => httpGet(`http://${at}/`), { deadlineMs: 20_000 }), at).toBe('hello')
  await ok(machine.docker('rm', '-f', 'forms'))
  await until(async () => !(await isOpen(one)) && !(await isOpen(all)), { deadlineMs: 5_000 })
})

test('docker run fails when its port belongs to another program, and starts when it is free', async () => {
  const server = createServer((_request, response) => response.end('another'))
  await listen(server, port(0))
  const refused = await machine.docker('run', '-d', '--name', 'late', '-p', `${port(0)}:80`, 'box', 'true')
  expect(refused.code).toBe(125)
  expect(refused.stderr).toContain(
    `ports are not available: exposing port TCP 0.0.0.0:${port(0)} -> 127.0.0.1:0: listen tcp 0.0.0.0:${port(0)}: bind: address already in use`,
  )
  await new Promise((resolve) => server.close(resolve))
  await ok(machine.docker('start', 'late'))
  await ok(machine.docker('rm', '-f', 'late'))
})

test('a port is open when docker run and docker restart return', async () => {
  for (let i = 0; i < 3; i += 1) {
    await serve('soon', 'soon', '-p', `${port(0)}:80`)
    expect(await isOpen(port(0))).toBe(true)
    await ok(machine.docker('restart', '-t', '0', 'soon'))
    expect(await isOpen(port(0))).toBe(true)
    await ok(machine.docker('rm', '-f', 'soon'))
  }
})

test('each port of a range is open on both loopbacks of the host and of the VM, and refused where the VM has it', async () => {
  // More than have a docker-proxy each; dockerd begins with the last, so that the first is without.
  const [first, last] = [19_000, 19_069]
  const range = `${first}-${last}:${first}-${last}`
  await ok(
    machine.docker('run', '-d', '--name', 'range', '-p', range, 'box', ...docker.httpServer('first', first)),
  )
  for (const host of ['127.0.0.1', '[::1]'])
    expect(await until(() => httpGet(`http://${host}:${first}/`), { deadlineMs: 20_000 }), host).toBe('first')
  for (let at = first; at <= last; at += 1) expect(await isOpen(at), `${at}`).toBe(true)
  for (const host of ['127.0.0.1', '[::1]']) {
    const get = ['wget', '-qO-', `http://${host}:${first}/`]
    expect(await ok(machine.desktop('exec', '--', ...get)), host).toBe('first')
  }
  const taken = [
    'run',
    '-d',
    '--network',
    'host',
    '--name',
    'taken',
    'box',
    ...docker.httpServer('', port(0)),
  ]
  await ok(machine.docker(...taken))
  const refused = await until(
    async () => {
      const tried = await machine.docker('run', '--rm', '-p', `${port(0)}:80`, 'box', 'true')
      return tried.code !== 0 && tried
    },
    { deadlineMs: 20_000 },
  )
  expect(refused.stderr).toContain('address already in use')
  expect(await isOpen(port(0))).toBe(false)
  expect(await ok(machine.desktop('status'))).toContain('--network host: taken')
  await ok(machine.docker('rm', '-f', 'range', 'taken'))
  await until(async () => !(await isOpen(first)), { deadlineMs: 10_000 })
})

test('a container is reached by the network that leads outside, whatever the names of its networks', async () => {
  await ok(machine.docker('network', 'create', '--internal', 'a_back'))
  await ok(machine.docker('network', 'create', 'z_front'))
  const options = ['--name', 'two', '--network', 'z_front', '-p', `127.0.0.1:${port(0)}:80`]
  await ok(machine.docker('create', ...options, 'box', ...docker.httpServer('two')))
  await ok(machine.docker('network', 'connect', 'a_back', 'two'))
  await ok(machine.docker('start', 'two'))
  expect(await until(() => httpGet(`http://127.0.0.1:${port(0)}/`), { deadlineMs: 10_000 })).toBe('two')
  await ok(machine.docker('rm', '-f', 'two'))
  await ok(machine.docker('network', 'rm', 'a_back', 'z_front'))
})

test('containers that keep running without dockerd keep their ports open', async () => {
  await serve('lives', 'lives', '-p', `127.0.0.1:${port(0)}:80`)
  await until(() => httpGet(`http://127.0.0.1:${port(0)}/`), { deadlineMs: 10_000 })
  await ok(machine.desktop('exec', '--', 'killall', 'dockerd'))
  const isUp = async (): Promise<boolean> => (await machine.docker('ps')).code === 0
  do expect(await httpGet(`http://127.0.0.1:${port(0)}/`)).toBe('lives')
  while (!(await isUp()))
  expect(await httpGet(`http://127.0.0.1:${port(0)}/`)).toBe('lives')
  await ok(machine.docker('rm', '-f', 'lives'))
  await until(async () => !(await isOpen(port(0))), { deadlineMs: 5_000 })
})

test("host-gateway is the host, whichever loopback the host's service listens on", async () => {
  for (const [use, loopback] of ['127.0.0.1', '::1'].entries()) {
    const server = createServer((_request, response) => response.end(`on ${loopback}`))
    await listen(server, port(use), loopback)
    const add = ['--add-host', 'host.docker.internal:host-gateway']
    const get = ['wget', '-qO-', `http://host.docker.internal:${port(use)}/`]
    expect(await ok(machine.docker('run', '--rm', ...add, 'box', ...get))).toBe(`on ${loopback}`)
    server.close()
  }
})

test('a container has a name with HTTP and HTTPS on the host and in containers, without a published port', async () => {
  const [http, https, socks] = [port(4), port(5), port(6)]
  const live = 'engine: { config: { live-restore: true } }\n'
  await machine.write(`${vm}${live}names: { http: ${http}, https: ${https} }\n`)
  expect(await ok(machine.desktop('apply'))).toContain('nothing is interrupted')
  await ok(machine.docker('network', 'create', 'apart'))
  const labels = ['--label', 'desktop.host=shop', '--label', 'desktop.port=8000']
  const command = docker.httpServer('by name', 8000)
  await ok(
    machine.docker('run', '-d', '--name', 'named_one', '--network', 'apart', ...labels, 'box', ...command),
  )
  for (const name of ['shop', 'named-one'])
    for (const url of [`http://${name}.e2e.localhost:${http}/`, `https://${name}.e2e.localhost:${https}/`])
      expect(await until(() => namedGet(machine, url), { deadlineMs: 20_000 }), url).toBe('by name')
  // Another network: the host passes it on.
  const inside = ['run', '--rm', 'box', 'wget', '-qO-', `http://shop.e2e.localhost:${http}/`]
  expect(await ok(machine.docker(...inside))).toBe('by name')
  expect(await throughTunnel(machine, 'shop.e2e.localhost', 8000, socks)).toContain('by name')
  await ok(machine.docker('rm', '-f', 'named_one'))
  expect(await namedGet(machine, `http://shop.e2e.localhost:${http}/`)).toBeUndefined()
  await ok(machine.docker('network', 'rm', 'apart'))
  await machine.write(`${vm}${live}`)
  await ok(machine.desktop('apply'))
  expect(await isOpen(http)).toBe(false)
})

test("the host's path of docker.sock is the engine's socket in a container too", async () => {
  for (const path of [machine.paths.sockets.docker, '/var/run/docker.sock']) {
    const bind = ['-v', `${path}:/var/run/docker.sock`]
    const shown = await ok(machine.docker('run', '--rm', ...bind, 'box', 'ls', '-l', '/var/run/docker.sock'))
    expect(shown).toMatch(/^s/)
  }
})

test('what passes docker.sock is not on any card that a container on the host network sees', async () => {
  const received = async (): Promise<number> => {
    const dev = await ok(machine.docker('run', '--rm', '--network', 'host', 'box', 'cat', '/proc/net/dev'))
    expect(dev).not.toContain('eth1')
    return Number(/eth0: *(\d+)/.exec(dev)?.[1])
  }
  const before = await received()
  await ok(machine.docker('import', docker.rootfs, 'again'))
  expect((await received()) - before).toBeLessThan(500_000)
})

test('docker.sock answers while conntrack of the VM is full, and while a docker network overlaps the VM', async () => {
  const max = '/proc/sys/net/netfilter/nf_conntrack_max'
  const kept = (await ok(machine.desktop('exec', '--', 'cat', max))).trim()
  await ok(machine.desktop('exec', '--', 'sh', '-c', `echo 1 >${max}`))
  await ok(machine.docker('ps'))
  await ok(machine.desktop('exec', '--', 'sh', '-c', `echo ${kept} >${max}`))
  await ok(machine.docker('network', 'create', '--subnet', '192.168.65.0/24', 'overlaps'))
  await ok(machine.docker('ps'))
  await ok(machine.docker('network', 'rm', 'overlaps'))
})

test('ports of swarm services appear, follow an update and go with the service', async () => {
  await machine.write(vm)
  await ok(machine.desktop('apply'))
  await ok(machine.docker('swarm', 'init'))
  const options = ['-d', '--name', 'svc', '-p', `${port(0)}:80`]
  await ok(machine.docker('service', 'create', ...options, 'box', ...docker.httpServer('swarm')))
  const answers = (at: number) => until(() => httpGet(`http://127.0.0.1:${at}/`), { deadlineMs: 60_000 })
  expect(await answers(port(0))).toBe('swarm')
  await ok(machine.docker('service', 'update', '-d', '--publish-add', `${port(1)}:80`, 'svc'))
  expect(await answers(port(1))).toBe('swarm')
  await machine.write(`${vm}engine: { config: { live-restore: true } }\n`)
  const refused = await machine.desktop('plan')
  expect([refused.code, refused.stdout + refused.stderr]).toEqual([
    4,
    expect.stringContaining('the engine is in a swarm'),
  ])
  await ok(machine.docker('service', 'rm', 'svc'))
  await until(async () => !(await isOpen(port(0))), { deadlineMs: 10_000 })
})

test('SCTP fails docker run with the reason, and status names the SCTP ports of services', async () => {
  const refused = await machine.docker('run', '--rm', '-p', '9005:80/sctp', 'box', 'true')
  expect([refused.code, refused.stderr]).toEqual([
    125,
    expect.stringContaining(
      'ports are not available: exposing port SCTP 0.0.0.0:9005 -> 127.0.0.1:0: SCTP is not forwarded from the host',
    ),
  ])
  const options = ['-d', '--name', 'assoc', '-p', `${port(0)}:80/sctp`]
  await ok(machine.docker('service', 'create', ...options, 'box', 'sleep', '1000'))
  const row = `SCTP is not forwarded from the host: ${port(0)}`
  const isSaid = async (): Promise<boolean> => (await ok(machine.desktop('status'))).includes(row)
  expect(await until(isSaid, { deadlineMs: 60_000, intervalMs: 500 })).toBe(true)
  await ok(machine.docker('service', 'rm', 'assoc'))
  await until(async () => !(await isSaid()), { deadlineMs: 60_000, intervalMs: 500 })
})
