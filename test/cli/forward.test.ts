/** The command itself as a process: its sockets, its API with curl's kind of requests, its end. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { command, init } from '../support/net/vmn3t-client.ts'

const entry = join(import.meta.dirname, '../../src/cli/main.ts')
/** In a user namespace of its own nobody has privileges over the host's network. */
const canBeNobody = spawnSync('unshare', ['--user', 'true']).status === 0
let dir: string
const children: ChildProcess[] = []
const at = (name: string): string => join(dir, name)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fwd-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  rmSync(dir, { recursive: true })
})

interface Run {
  child: ChildProcess
  said: () => string
  ended: Promise<number | null>
}

function start(...args: string[]): Run {
  return run(process.execPath, entry, 'forward', ...args)
}

function run(command: string, ...args: string[]): Run {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said: () => said, ended }
}

async function listening(...args: string[]): Promise<Run> {
  const run = start(...args)
  await expect.poll(run.said, { timeout: 30_000 }).toContain('this host')
  return run
}

/** curl, as a user would call it; gives status and body. */
async function curl(path: string, ...args: string[]): Promise<{ status: number; body: string }> {
  const given = ['-sS', '-w', '\n%{http_code}', '--unix-socket', at('api'), ...args, `http://api${path}`]
  const { stdout } = await promisify(execFile)('curl', given)
  const cut = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const every = (): string[] => [
  ...['--listen-qemu', `unix://${at('qemu')}`, '--listen-qemu', at('more')],
  ...['--listen-vpnkit', `unix://${at('vpnkit')}`, '--listen', `unix://${at('api')}`],
]

test('the rules of --egress are in force before anything listens, and counted', async () => {
  writeFileSync(at('egress.yaml'), 'preset: lockdown\nrules: [{ allow: 10.0.0.0/8 }]\n')
  const { said } = await listening('--listen', at('api'), '--egress', at('egress.yaml'))
  await expect.poll(said, { timeout: 30_000 }).toContain('egress: lockdown, 1 rule\n')
  expect((await curl('/metrics')).body).toContain('{rule="default deny",at="send"} 0')
})

test('a wrong file of --egress is an error with its line, and nothing listens', async () => {
  writeFileSync(at('egress.yaml'), 'default: deny\nrules: [{ allow: "a.test:http" }]\n')
  const { said, ended } = start('--listen', at('api'), '--egress', at('egress.yaml'))
  expect(await ended).toBe(3)
  expect(said()).toContain('egress.yaml:2:18  "a.test:http" has no sound port')
  expect(existsSync(at('api'))).toBe(false)
})

test("all sockets are this user's alone, SIGTERM takes them away, and the exit code is 0", async () => {
  const { child, ended } = await listening(...every())
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(statSync(at(name)).mode & 0o777).toBe(0o600)
  const guest = connect(at('qemu'))
  await once(guest, 'connect')
  const gone = once(guest, 'close')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await gone
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(existsSync(at(name))).toBe(false)
})

test('signals that come again while it ends leave no socket behind', async () => {
  const { child, ended } = await listening(...every())
  const guests = Array.from({ length: 20 }, () => connect(at('qemu')).on('error', () => {}))
  await Promise.all(guests.map((guest) => once(guest, 'connect')))
  while (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT')
    child.kill('SIGTERM')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await ended
  for (const name of ['qemu', 'more', 'vpnkit', 'api']) expect(existsSync(at(name))).toBe(false)
})

test('it keeps running when its output is closed', async () => {
  const { child } = start('--listen', at('api'))
  child.stdout!.destroy()
  child.stderr!.destroy()
  await expect.poll(() => existsSync(at('api')), { timeout: 30_000 }).toBe(true)
  await expect
    .poll(() => curl('/cam').then(({ status }) => status), { timeout: 10_000, interval: 200 })
    .toBe(200)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
})

test('a second one on the same socket says so and leaves the first alone', async () => {
  await listening('--listen-qemu', at('qemu'), '--listen', at('api'))
  const second = start('--listen-qemu', at('free'), '--listen', at('api'))
  expect(await second.ended).not.toBe(0)
  expect(second.said()).toContain(`${at('api')}: another program listens there`)
  expect(existsSync(at('free'))).toBe(false)
  expect((await curl('/leases')).status).toBe(200)
})

test('the socket of one that was killed is taken over', async () => {
  const first = await listening('--listen-qemu', at('qemu'))
  first.child.kill('SIGKILL')
  await first.ended
  expect(existsSync(at('qemu'))).toBe(true)
  const { child, ended } = await listening('--listen-qemu', at('qemu'))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('a file that is not a socket is never removed', async () => {
  writeFileSync(at('qemu'), 'mine')
  const { ended, said } = start('--listen-qemu', at('qemu'))
  expect(await ended).not.toBe(0)
  expect(said()).toContain('is not a socket')
  expect(existsSync(at('qemu'))).toBe(true)
})

test('a missing directory is reported with the command that creates it', async () => {
  const { ended, said } = start('--listen-qemu', at('none/link'))
  expect(await ended).toBe(4)
  expect(said()).toContain(`there is no directory ${at('none')}`)
  expect(said()).toContain(`mkdir -p ${at('none')}`)
})

test('addresses are where the options say', async () => {
  const given = [
    '--subnet',
    '10.7.0.0/16',
    '--gateway',
    '10.7.1.1',
    '--address',
    '10.7.1.9',
    '--host',
    '10.7.9.9',
  ]
  const { said } = await listening('--listen-qemu', at('qemu'), ...given)
  expect(said()).toContain('gateway 10.7.1.1, guest 10.7.1.9, this host 10.7.9.9')
})

test.each([
  [[], 'nothing to listen on'],
  [['--listen', 'tcp://127.0.0.1:8080'], 'is not a unix socket'],
  [['--listen', '/tmp/a', '--listen-qemu', 'unix:///tmp/a'], 'is given twice'],
  [['--listen', '/tmp/a', '--subnet', '10.0.0.0'], '--subnet: "10.0.0.0" is not an IPv4 network'],
  [['--listen', '/tmp/a', '--gateway', '10.0.0.1'], '--gateway: 10.0.0.1 is not in'],
  [['--listen', '/tmp/a', '--host', '192.168.65.1'], '--host: 192.168.65.1 is the gateway already'],
  [['--listen', `/tmp/${'a'.repeat(100)}`], 'give it a shorter path'],
  [['--listen', '/tmp/a', '--mtu', '100'], '--mtu 100: it is 576 to 65520'],
])('%j is refused with the reason', async (args, message) => {
  const { ended, said } = start(...args)
  expect(await ended).toBe(1)
  expect(said()).toContain(message)
})

describe('the API', () => {
  test('a port is exposed, listed and unexposed; a bad request gets a status and a message', async () => {
    await listening('--listen', at('api'))
    const local = `127.0.0.1:${await freePort()}`
    const post = (path: string, body: unknown) => curl(path, '-d', JSON.stringify(body))
    const web = { local, remote: '192.168.65.3:80', protocol: 'tcp' }
    expect(await post('/services/forwarder/expose', web)).toEqual({ status: 200, body: '' })
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([web])
    expect(await post('/services/forwarder/expose', web)).toMatchObject({
      status: 500,
      body: expect.stringContaining('already running'),
    })
    const elsewhere = { local: `127.0.0.1:${await freePort()}`, remote: 'not-an-address:80' }
    expect(await post('/services/forwarder/expose', elsewhere)).toMatchObject({
      status: 400,
      body: expect.stringContaining('not an IP'),
    })
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([web])
    expect((await post('/services/forwarder/unexpose', { local })).status).toBe(200)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([])
    expect((await curl('/nothing')).status).toBe(404)
    expect((await curl('/services/forwarder/expose', '-d', '{')).status).toBe(400)
  })

  test('a local without address is every one of this host, of both families, and localhost is one for UDP too', async () => {
    await listening('--listen', at('api'))
    const port = await freePort()
    const expose = (body: object) => curl('/services/forwarder/expose', '-d', JSON.stringify(body))
    expect((await expose({ local: `:${port}`, remote: '192.168.65.3:80' })).status).toBe(200)
    for (const host of ['127.0.0.1', '::1']) {
      const client = connect(port, host)
      await once(client, 'connect')
      client.destroy()
    }
    const udp = { local: `localhost:${port}`, remote: '192.168.65.3:80', protocol: 'udp' }
    expect(await expose(udp)).toEqual({ status: 200, body: '' })
  })

  test.skipIf(!canBeNobody)(
    'a port that is for root only is refused with the setting that says so',
    async () => {
      const { said } = run('unshare', '--user', process.execPath, entry, 'forward', '--listen', at('api'))
      await expect.poll(said, { timeout: 30_000 }).toContain('this host')
      for (const protocol of ['tcp', 'udp']) {
        const body = JSON.stringify({ local: '127.0.0.1:1', remote: '192.168.65.3:80', protocol })
        const reply = await curl('/services/forwarder/expose', '-d', body)
        const words = `127.0.0.1:1/${protocol}: this user may not listen there; net.ipv4.ip_unprivileged_port_start`
        expect(reply).toMatchObject({ status: 500, body: expect.stringContaining(words) })
      }
    },
  )

  test('an address that this host does not have is named', async () => {
    await listening('--listen', at('api'))
    const body = JSON.stringify({ local: '192.0.2.1:4711', remote: '192.168.65.3:80' })
    const reply = await curl('/services/forwarder/expose', '-d', body)
    expect(reply).toMatchObject({ status: 500, body: expect.stringMatching(/^192\.0\.2\.1:4711\/tcp: /) })
  })

  test.each(['8.8.8.8:80', '192.168.65.1:53', '192.168.65.254:80', '192.168.65.255:80', '192.168.66.3:80'])(
    'nothing is mapped to %s, where no guest can be',
    async (remote) => {
      await listening('--listen', at('api'))
      const body = JSON.stringify({ local: `127.0.0.1:${await freePort()}`, remote })
      const reply = await curl('/services/forwarder/expose', '-d', body)
      expect(reply).toMatchObject({ status: 400, body: expect.stringContaining('not an address for guests') })
    },
  )

  test('a unix socket takes the place of a dead one, and never of a file', async () => {
    await listening('--listen', at('api'))
    writeFileSync(at('file'), 'mine')
    const expose = (local: string) =>
      curl(
        '/services/forwarder/expose',
        '-d',
        JSON.stringify({ local, remote: 'tcp://192.168.65.3:80', protocol: 'unix' }),
      )
    const nowhere = await expose(at('none/socket'))
    expect(nowhere).toMatchObject({ status: 500, body: expect.stringContaining('there is no directory') })
    const refused = await expose(at('file'))
    expect(refused).toMatchObject({ status: 500, body: expect.stringContaining('is not a socket') })
    expect(readFileSync(at('file'), 'utf8')).toBe('mine')
    const dead = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(at('dead'))}, () => process.kill(process.pid, 'SIGKILL'))`,
    ])
    await once(dead, 'close')
    expect(existsSync(at('dead'))).toBe(true)
    expect((await expose(at('dead'))).status).toBe(200)
  })

  test('a port that is taken is refused with its owner, and is not listed', async () => {
    await listening('--listen', at('api'))
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const body = JSON.stringify({ local: `127.0.0.1:${port}`, remote: '192.168.65.3:80' })
    const reply = await curl('/services/forwarder/expose', '-d', body)
    expect(reply.status).toBe(500)
    expect(reply.body).toContain(`already in use by`)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toEqual([])
    server.close()
  })

  test('twenty ports exposed at once are all there', async () => {
    await listening('--listen', at('api'))
    const locals = await Promise.all(Array.from({ length: 20 }, freePort))
    const expose = (port: number) =>
      curl(
        '/services/forwarder/expose',
        '-d',
        JSON.stringify({ local: `127.0.0.1:${port}`, remote: '192.168.65.3:80' }),
      )
    const wanted = new Set(locals)
    const replies = await Promise.all([...wanted].map(expose))
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(JSON.parse((await curl('/services/forwarder/all')).body)).toHaveLength(wanted.size)
  })

  test('metrics and zones are served', async () => {
    await listening('--listen', at('api'))
    const metrics = (await curl('/metrics')).body
    expect(metrics).toContain('desktop_net_switch_frames_total{kind="looped"} 0')
    expect(metrics).toContain('desktop_net_dns_queries_total{kind="queries"} 0')
    expect(metrics).toContain('desktop_net_fragments_total{kind="timed_out"} 0')
    // Each name is told once, with its help and type, or Prometheus refuses all of it.
    const told = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(told).toEqual([...new Set(told)])
    const zone = JSON.stringify({ Name: 'crc.testing.', Records: [{ Name: 'host', IP: '192.168.65.3' }] })
    expect((await curl('/services/dns/add', '-d', zone)).status).toBe(200)
    expect((await curl('/services/dns/all')).body).toContain('crc.testing.')
  })
})

test('a length that no frame has ends that link alone, and is counted', async () => {
  await listening('--listen-qemu', at('qemu'), '--listen', at('api'))
  const good = connect(at('qemu'))
  await once(good, 'connect')
  const bad = connect(at('qemu'))
  bad.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]))
  await once(bad.resume(), 'close')
  const { body } = await curl('/metrics')
  expect(body).toContain('desktop_net_dropped_total{kind="malformed"} 1')
  expect(body).toContain('desktop_net_links 1')
  good.destroy()
})

test('a VMN3T client is greeted, gets its card, and one that speaks something else is dropped', async () => {
  await listening(...every(), '--mtu', '4000')
  const client = connect(at('vpnkit'))
  const heard: Buffer[] = []
  client.on('data', (chunk) => heard.push(chunk))
  client.write(Buffer.concat([init(), command(1)]))
  await expect.poll(() => Buffer.concat(heard).length).toBe(49 + 258)
  expect([...Buffer.concat(heard).subarray(49, 60)]).toEqual([1, 0xa0, 0x0f, 0xae, 0x0f, 2, 0x50, 0, 0, 0, 1])
  const other = connect(at('vpnkit'))
  other.end('GET / HTTP/1.1\r\n\r\n'.padEnd(60, 'x'))
  await once(other.resume(), 'close')
  const refused = connect(at('vpnkit'))
  const last: Buffer[] = []
  refused.on('data', (chunk) => last.push(chunk))
  refused.write(Buffer.concat([init(), command(8, 'other', [1, 1, 1, 1])]))
  await once(refused, 'close')
  expect(Buffer.concat(last).toString('latin1')).toContain('preferred address is not free')
  client.destroy()
})

test('VMN3T clients that leave in the middle of their handshake end nothing but their own connection', async () => {
  await listening(...every())
  for (let i = 0; i < 50; i += 1) {
    const client = connect(at('vpnkit'))
    client.on('error', () => {})
    client.write(i % 2 === 0 ? Buffer.concat([init(), command(1)]) : init())
    client.destroySoon()
    await once(client, 'close')
  }
  const metrics = async () => (await curl('/metrics')).body
  await expect.poll(metrics).toContain('desktop_net_links 0')
})

test('machines that connect and disconnect do not exhaust the link limit', async () => {
  await listening(...every())
  for (let i = 0; i < 260; i += 1) {
    const client = connect(at('vpnkit'))
    client.write(Buffer.concat([init(), command(1, `machine ${i}`)]))
    const heard: Buffer[] = []
    client.on('data', (chunk) => heard.push(chunk))
    await expect.poll(() => Buffer.concat(heard).length, { interval: 1 }).toBe(49 + 258)
    // A card, and no refusal.
    expect(Buffer.concat(heard)[49]).toBe(1)
    client.destroy()
    await once(client, 'close')
  }
})

test('clients that say nothing, or stop in the middle, do not keep it from ending at once', async () => {
  const { child, ended } = await listening(...every())
  const half = Buffer.from('POST /services/forwarder/expose HTTP/1.1\r\nContent-Length: 9\r\n\r\n{')
  const clients = [
    ['vpnkit', ''],
    ['vpnkit', init().subarray(0, 20)],
    ['qemu', Buffer.alloc(3)],
    ['api', half],
  ].map(([name, bytes]) => {
    const client = connect(at(name as string)).on('error', () => {})
    client.write(bytes!)
    return client
  })
  await Promise.all(clients.map((client) => once(client, 'connect')))
  child.kill('SIGTERM')
  const code = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000, 'late'))])
  expect(code).toBe(0)
})

describe('static leases', () => {
  test("are gvproxy's guest, and those of --lease; the API lists them beside the gateway", async () => {
    const network = ['--subnet', '192.168.127.0/24', '--address', '192.168.127.2']
    const lease = ['--lease', '52:54:00:AA:00:09=192.168.127.9']
    await listening('--listen', `unix://${at('api')}`, ...network, ...lease)
    expect(JSON.parse((await curl('/services/dhcp/leases')).body)).toEqual({
      '192.168.127.1': '02:50:00:00:00:00',
      '192.168.127.2': '5a:94:ef:e4:0c:ee',
      '192.168.127.9': '52:54:00:aa:00:09',
    })
  })

  test.each([
    ['52:54:00:00:00', 'is not a MAC address'],
    ['52:54:00:00:00:01', 'is not an IPv4 address'],
    ['52:54:00:00:00:01=10.0.0.1', 'is not a guest'],
    ['52:54:00:00:00:01=192.168.65.255', 'is not a guest'],
    ['52:54:00:00:00:01=192.168.65.254', 'is taken'],
    ['52:54:00:00:00:01=192.168.65.3', 'is taken'],
  ])('--lease %s is refused', async (text, problem) => {
    const { ended, said } = start('--listen', `unix://${at('api')}`, '--lease', text)
    expect(await ended).toBe(1)
    expect(said()).toContain(problem)
  })
})
