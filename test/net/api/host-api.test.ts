import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PortMapping } from '../../../src/config/desired.ts'
import type { ApiForwarder } from '../../../src/net/api/forwarder.ts'
import { HostApi } from '../../../src/net/api/host-api.ts'
import type { Metric } from '../../../src/net/core/metric.ts'
import { FrameReader } from '../../../src/net/link/frames.ts'
import type { LocalZone } from '../../../src/net/services/dns/zones.ts'

class MemoryForwarder implements ApiForwarder {
  mappings: PortMapping[] = []
  given: readonly LocalZone[] = []
  frames: number[] = []
  guestPort = 0

  ports = () => this.mappings
  zones = () => this.given
  leases = () => [{ address: '192.168.127.3', mac: '02:50:00:00:00:01' }]
  cam = () => new Map([['02:50:00:00:00:01', 1]])

  async addPort(mapping: PortMapping): Promise<void> {
    if (mapping.guest.port === 1) throw new Error('listen EADDRINUSE')
    this.mappings = [...this.mappings, mapping]
  }

  async removePort(id: string): Promise<void> {
    this.mappings = this.mappings.filter((mapping) => mapping.id !== id)
  }

  problemOf = ({ address }: { address: string }) => (address === 'nowhere' ? 'it is nowhere' : undefined)

  setZones(zones: readonly LocalZone[]): void {
    this.given = zones
  }

  metrics(): Metric[] {
    const samples = [{ labels: { name: 'a"b\\\n' }, value: 2 }, { value: 3 }]
    const drops = [
      { labels: { kind: 'spoofed' }, value: 4 },
      { labels: { kind: 'denied' }, value: 0 },
    ]
    return [
      { name: 'frames_total', help: 'Frames.', type: 'counter', samples },
      { name: 'dropped_total', help: 'Dropped.', type: 'counter', samples: drops },
    ]
  }

  async dial(_address: string, port: number): Promise<Duplex> {
    if (port === 9) throw new Error('refused')
    return connect({ port: this.guestPort, host: '127.0.0.1', allowHalfOpen: true })
  }

  attach(link: Duplex): void {
    const reader = new FrameReader('u16-le')
    const frame = (_packet: unknown, at: number, end: number) => this.frames.push(end - at)
    link.on('data', (chunk: Uint8Array) => reader.feed(chunk, { frame, burstEnded: () => {} }))
  }
}

let dir: string
let socketPath: string
let forwarder: MemoryForwarder
let api: HostApi

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-'))
  socketPath = join(dir, 'api.sock')
  forwarder = new MemoryForwarder()
  api = new HostApi(forwarder)
  await api.listen({ path: socketPath })
})

afterEach(async () => {
  await api[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

function call(method: string, path: string, body = '', headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers }, async (response) => {
      const chunks = await response.toArray()
      resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString() })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const post = (path: string, body: unknown) =>
  call('POST', path, typeof body === 'string' ? body : JSON.stringify(body))
const get = async (path: string) => JSON.parse((await call('GET', path)).text)

/** Sends text on a plain connection, then ends its half; gives all that came back. */
function raw(text: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ path: socketPath, allowHalfOpen: true })
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.on('error', reject)
    socket.end(text)
  })
}

describe('port forwarding', () => {
  const web = { local: ':6443', remote: '192.168.127.2:6443', protocol: 'tcp' }

  test('expose, list and unexpose with the words that the client used', async () => {
    expect(await post('/services/forwarder/expose', web)).toEqual({ status: 200, text: '' })
    await post('/services/forwarder/expose', { local: '127.0.0.1:2223', remote: '192.168.127.2:22' })
    expect(await get('/services/forwarder/all')).toEqual([
      { local: '127.0.0.1:2223', remote: '192.168.127.2:22', protocol: 'tcp' },
      web,
    ])
    expect(forwarder.mappings[0]!.listen).toEqual({ kind: 'inet', address: '::', port: 6443 })
    expect((await post('/services/forwarder/unexpose', { local: ':6443' })).status).toBe(200)
    expect(await get('/services/forwarder/all')).toHaveLength(1)
  })

  test("duplicate and missing mappings get gvproxy's messages", async () => {
    await post('/services/forwarder/expose', web)
    const again = await post('/services/forwarder/expose', web)
    expect(again).toEqual({ status: 500, text: 'proxy already running for tcp on :6443\n' })
    const gone = await post('/services/forwarder/unexpose', { local: ':1', protocol: 'udp' })
    expect(gone).toEqual({ status: 500, text: 'proxy not found\n' })
    const busy = await post('/services/forwarder/expose', { local: ':7', remote: '192.168.127.2:1' })
    expect(busy).toEqual({ status: 500, text: 'listen EADDRINUSE\n' })
  })

  test('a unix socket is exposed for a tcp:// remote', async () => {
    const unix = { local: '/run/user/1/p.sock', remote: 'tcp://192.168.127.2:2376', protocol: 'unix' }
    await post('/services/forwarder/expose', unix)
    expect(forwarder.mappings[0]).toMatchObject({
      listen: { kind: 'unix', path: unix.local },
      guest: { port: 2376 },
    })
    expect(await get('/services/forwarder/all')).toEqual([unix])
  })

  test.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['no local', { remote: '1.2.3.4:5' }, 400],
    ['local is a number', { local: 5, remote: '1.2.3.4:5' }, 400],
    ['a remote without port', { local: ':1', remote: '1.2.3.4' }, 400],
    ['a remote without address', { local: ':1', remote: ':5' }, 400],
    ['a port that is none', { local: ':99999', remote: '1.2.3.4:5' }, 400],
    ['an unknown protocol', { local: ':1', remote: '1.2.3.4:5', protocol: 'sctp' }, 500],
    ['an ssh tunnel', { local: '/s', remote: 'ssh-tunnel://u@h/s', protocol: 'unix' }, 500],
    ['a body of 2 MiB', `"${'x'.repeat(2 ** 21)}"`, 413],
    ['a port that nobody would know', { local: '127.0.0.1:0', remote: '1.2.3.4:5' }, 400],
    [
      'a path of 120 bytes',
      { local: `/${'x'.repeat(119)}`, remote: 'tcp://1.2.3.4:5', protocol: 'unix' },
      400,
    ],
  ])('%s gets a status and a message, and changes nothing', async (_name, body, status) => {
    const reply = await post('/services/forwarder/expose', body)
    expect(reply.status).toBe(status)
    expect(reply.text.length).toBeGreaterThan(3)
    expect(forwarder.mappings).toEqual([])
  })
})

test('members are taken in any case, as Go does', async () => {
  const body = { Local: ':1', REMOTE: '1.2.3.4:5', Protocol: 'udp' }
  expect((await post('/services/forwarder/expose', body)).status).toBe(200)
  expect(await get('/services/forwarder/all')).toEqual([
    { local: ':1', remote: '1.2.3.4:5', protocol: 'udp' },
  ])
})

describe('HTTP', () => {
  test('a target may be a whole URL', async () => {
    expect((await call('GET', 'http://gvproxy/cam?x=1')).status).toBe(200)
  })

  test('answers say how long they are', async () => {
    expect(await raw('GET /cam HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /content-type: application\/json\r\ncontent-length: 24\r\n/,
    )
  })

  test('a body that is promised too large is refused before it comes', async () => {
    const head = 'POST /services/dns/add HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000000\r\n\r\n'
    const socket = connect(socketPath)
    socket.write(head)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })

  test('a body that does not come is waited for as long as a head, and the connection is closed', async () => {
    const hurried = new HostApi(forwarder, { timeoutMs: 50 })
    const path = join(dir, 'hurried.sock')
    await hurried.listen({ path })
    const socket = connect(path)
    socket.on('error', () => {})
    socket.write('POST /services/dns/add HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')
    await once(socket, 'close')
    await hurried[Symbol.asyncDispose]()
  })

  test('a client that sends far too much hears so when it has sent all', async () => {
    const body = 'x'.repeat(5_000_000)
    const head = `POST /services/dns/add HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
    const socket = connect(socketPath)
    socket.write(`${head}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /)
    socket.destroy()
  })
})

describe('DNS, DHCP, counters', () => {
  test('a zone is added with its new records before the old ones', async () => {
    await post('/services/dns/add', {
      Name: 'crc.testing.',
      Records: [{ Name: 'host', IP: '192.168.127.2' }],
    })
    const more = {
      name: 'crc.testing.',
      records: [{ regexp: 'apps.*', ip: '192.168.127.9' }],
      defaultIP: '192.168.127.1',
    }
    expect((await post('/services/dns/add', more)).status).toBe(200)
    expect(await get('/services/dns/all')).toEqual([
      {
        Name: 'crc.testing.',
        Records: [
          { Name: '', IP: '192.168.127.9', Regexp: 'apps.*' },
          { Name: 'host', IP: '192.168.127.2' },
        ],
        DefaultIP: '192.168.127.1',
      },
    ])
  })

  test.each([
    ['no name', { records: [] }],
    ['a record that is no object', { name: 'x.', records: [5] }],
    ['a pattern that is none', { name: 'x.', records: [{ regexp: '(', ip: '1.2.3.4' }] }],
    ['an address that is none', { name: 'x.', records: [{ name: 'a', ip: 'nope' }] }],
    ['no address', { name: 'x.', records: [{ name: 'a' }] }],
    ['a default that is no address', { name: 'x.', defaultIP: 'nope' }],
  ])('a zone with %s is refused and changes nothing', async (_name, zone) => {
    const { status, text } = await post('/services/dns/add', zone)
    expect(status).toBe(400)
    expect(text.length).toBeGreaterThan(3)
    expect(forwarder.given).toEqual([])
  })

  test('leases and the table of links are objects by address', async () => {
    expect(await get('/leases')).toEqual({ '192.168.127.3': '02:50:00:00:00:01' })
    expect(await get('/services/dhcp/leases')).toEqual(await get('/leases'))
    expect(await get('/cam')).toEqual({ '02:50:00:00:00:01': 1 })
    expect(await get('/stats')).toEqual({ frames_total: 5, dropped_total: { spoofed: 4, denied: 0 } })
  })

  test('metrics are Prometheus text with escaped labels', async () => {
    const { text } = await call('GET', '/metrics')
    expect(text).toContain(
      '# HELP desktop_net_frames_total Frames.\n# TYPE desktop_net_frames_total counter\n' +
        'desktop_net_frames_total{name="a\\"b\\\\\\n"} 2\ndesktop_net_frames_total 3\n',
    )
  })

  test('an unknown path gets 404, GET instead of POST 400, a web page 403', async () => {
    expect((await call('GET', '/nothing')).status).toBe(404)
    expect((await call('GET', '/__proto__')).status).toBe(404)
    expect((await call('GET', '/services/forwarder/expose')).status).toBe(400)
    expect((await call('POST', '/services/dns/add', '{}', { origin: 'http://evil' })).status).toBe(403)
    expect(await raw('POST /connect HTTP/1.1\r\nOrigin: http://evil\r\n\r\n')).toMatch(/^HTTP\/1.1 403/)
  })
})

describe('streams', () => {
  test('/connect says nothing and takes frames, those sent with the head too', async () => {
    const head = 'POST /connect HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n\r\n'
    const socket = connect(socketPath)
    let replied = ''
    socket.on('data', (chunk) => {
      replied += chunk
    })
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([60, 0]), Buffer.alloc(30)]))
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(80))
    socket.write(Buffer.concat([Buffer.alloc(30), Buffer.from([20, 0]), Buffer.alloc(20)]))
    await vi.waitFor(() => expect(forwarder.frames).toEqual([60, 20]))
    expect(replied).toBe('')
    socket.destroy()
  })

  test('/tunnel says OK, then is the connection, each direction ended by itself', async () => {
    const guest = createServer({ allowHalfOpen: true }, async (socket) => {
      const heard = Buffer.concat(await socket.toArray())
      socket.end(`heard ${heard}`)
    }).listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(guest.address()).not.toBeNull())
    forwarder.guestPort = (guest.address() as AddressInfo).port
    const reply = await raw('POST /tunnel?ip=192.168.127.2&port=22 HTTP/1.1\r\nHost: api\r\n\r\nhello')
    expect(reply).toBe('OKheard hello')
    guest.close()
  })

  test('/tunnel to nowhere ends, and without address or port it is refused', async () => {
    expect(await raw('POST /tunnel?ip=192.168.127.2&port=9 HTTP/1.1\r\n\r\n')).toBe('OK')
    expect(await raw('POST /tunnel?ip=nowhere&port=9 HTTP/1.1\r\n\r\n')).toMatch(/ 400 .*it is nowhere/s)
    expect(await raw('POST /tunnel?port=9 HTTP/1.1\r\n\r\n')).toMatch(/ 500 .*ip is mandatory/s)
    expect(await raw('POST /tunnel?ip=1.2.3.4&port=x HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 500/)
  })

  /** What comes back on one connection for texts that are sent each when the one before was answered by `until`. */
  async function conversation(
    ...turns: readonly (readonly [text: string, until: RegExp])[]
  ): Promise<string[]> {
    const socket = connect(socketPath)
    const answers: string[] = []
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    for (const [text, until] of turns) {
      heard = ''
      socket.write(text)
      await vi.waitFor(() => expect(heard).toMatch(until), { timeout: 30_000 })
      answers.push(heard)
    }
    socket.destroy()
    return answers
  }

  const cam = 'GET /cam HTTP/1.1\r\nHost: api\r\n\r\n'
  const isCam = /^HTTP\/1\.1 200 .*"02:50:00:00:00:01":1}\n$/s
  const zone = JSON.stringify({ name: 'x.', records: [{ name: 'a', ip: '1.2.3.4' }] })
  const add = `POST /services/dns/add HTTP/1.1\r\nHost: api\r\nContent-Length: ${zone.length}\r\n\r\n${zone}`

  test.each([
    ['a request', [[cam, isCam]]],
    [
      'several, with a body among them',
      [
        [cam, isCam],
        [add, /^HTTP\/1\.1 200 /],
        [cam, isCam],
      ],
    ],
    ['a refused one', [['GET /x HTTP/1.1\r\nHost: api\r\n\r\n', /^HTTP\/1\.1 404 .*\n$/s]]],
  ] as const)('after %s on the same connection /tunnel says OK and is the connection', async (_, before) => {
    const guest = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(guest.address()).not.toBeNull())
    forwarder.guestPort = (guest.address() as AddressInfo).port
    const tunnel = 'POST /tunnel?ip=192.168.127.2&port=22 HTTP/1.1\r\nHost: api\r\n\r\n'
    const answers = await conversation(...before, [tunnel, /^OK$/], ['there and back', /^there and back$/])
    expect(answers.at(-1)).toBe('there and back')
    guest.close()
  })

  test('after a request on the same connection /connect takes frames, those sent ahead too', async () => {
    const connectHead = 'POST /connect HTTP/1.1\r\nHost: api\r\n\r\n'
    const socket = connect(socketPath)
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    // All at once: nothing is read as HTTP that is not.
    socket.write(
      Buffer.concat([Buffer.from(cam + add + connectHead), Buffer.from([60, 0]), Buffer.alloc(60)]),
    )
    await vi.waitFor(() => expect(forwarder.frames).toEqual([60]), { timeout: 30_000 })
    await vi.waitFor(() => expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2), { timeout: 30_000 })
    socket.destroy()
  })

  test('a body in chunks is taken, and its connection ends with the answer', async () => {
    const chunked = `POST /services/dns/add HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n${zone.length.toString(16)}\r\n${zone}\r\n0\r\n\r\n`
    const socket = connect(socketPath)
    const ended = once(socket, 'close')
    socket.write(chunked)
    const answer = Buffer.concat(await socket.toArray()).toString()
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*connection: close/is)
    await ended
    expect(forwarder.given).toHaveLength(1)
  })

  test('a client that ends its half behind its requests gets all answers', async () => {
    const answers = await raw(cam + add + cam)
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(3)
  })

  test('a connection that is kept and not used is closed', async () => {
    const impatient = new HostApi(forwarder, { timeoutMs: 50 })
    const path = join(dir, 'impatient.sock')
    await impatient.listen({ path })
    const socket = connect(path)
    socket.write(cam)
    socket.resume()
    await once(socket, 'close')
    await impatient[Symbol.asyncDispose]()
  })

  test('bytes that are not HTTP end that connection only', async () => {
    expect(await raw('\x00\x01\x02\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    const endless = connect(socketPath)
    const closed = new Promise((resolve) => endless.on('close', resolve))
    endless.on('error', () => {})
    endless.write(Buffer.alloc(20_000, 'x'))
    await closed
    expect((await call('GET', '/leases')).status).toBe(200)
  })
})
