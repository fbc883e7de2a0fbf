/** Names served on loopback, with a local server as the container and a listing as its engine. */
import { mkdtemp, rm } from 'node:fs/promises'
import {
  createServer as createHttpServer,
  request as httpRequest,
  type RequestListener,
  type Server,
} from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Listing } from '../../src/engine/watch.ts'
import { openAuthority } from '../../src/names/authority.ts'
import { HostNames } from '../../src/names/host-names.ts'
import { freePorts } from '../support/free-ports.ts'

let dir: string
let names: HostNames
let container: Server
let answer: RequestListener
let listing: Listing | undefined
let listings = 0
let [http, https] = [0, 0]
let ca = ''

const running = (...containers: string[]): Listing => ({
  containers: containers.map((name) => ({
    Id: name,
    Names: [`/${name}`],
    Ports: [],
    NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
  })),
  networks: [],
})

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'names-'))
  ca = (await openAuthority(dir)).certificate.toString()
  container = createHttpServer((request, response) => answer(request, response))
  await new Promise<void>((done) => container.listen(0, '127.0.0.1', done))
  const { port } = container.address() as AddressInfo
  listing = running('web')
  names = new HostNames({
    listing: async () => {
      listings += 1
      return listing
    },
    vmAddress: () => '192.168.65.3',
    dial: async (address, at) => {
      expect([address, at]).toEqual(['172.17.0.2', 80])
      return connect({ port, host: '127.0.0.1', noDelay: true })
    },
    authority: () => openAuthority(dir),
    addresses: ['127.0.0.1'],
    ownerOf: () => undefined,
  })
  ;[http = 0, https = 0] = await freePorts(2)
  await names.set({ domain: 'dev.localhost', http, https })
})

afterEach(async () => {
  await names[Symbol.asyncDispose]()
  container.closeAllConnections()
  container.close()
  await rm(dir, { recursive: true, force: true })
})

interface Reply {
  status: number | undefined
  body: string
  headers: NodeJS.Dict<string | string[]>
}

function get(scheme: 'http' | 'https', host: string, options: object = {}): Promise<Reply> {
  const port = scheme === 'http' ? http : https
  const to = {
    host: '127.0.0.1',
    port,
    headers: { host: `${host}:${port}` },
    servername: host,
    ca,
    ...options,
  }
  return new Promise((resolve, reject) => {
    const request = (scheme === 'http' ? httpRequest : httpsRequest)(to, async (response) =>
      resolve({ status: response.statusCode, body: await text(response), headers: response.headers }),
    )
    request.once('error', reject).end()
  })
}

test.each(['http', 'https'] as const)(
  '%s: a request reaches the container with the name it was for',
  async (scheme) => {
    answer = ({ headers, url, method }, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      response.end(JSON.stringify({ headers, url, method }))
    }
    const { status, body, headers } = await get(scheme, 'web.dev.localhost', { path: '/x?y=1' })
    expect(status).toBe(200)
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    const port = scheme === 'http' ? http : https
    expect(JSON.parse(body)).toMatchObject({
      url: '/x?y=1',
      method: 'GET',
      headers: {
        host: `web.dev.localhost:${port}`,
        'x-forwarded-proto': scheme,
        'x-forwarded-for': '127.0.0.1',
      },
    })
  },
)

test('HTTP/2 carries a body both ways', async () => {
  answer = (request, response) => void request.pipe(response)
  const servername = 'web.dev.localhost'
  const client = connectHttp2(`https://${servername}:${https}`, {
    createConnection: () =>
      connectTls({ host: '127.0.0.1', port: https, servername, ca, ALPNProtocols: ['h2'] }),
  })
  const stream = client.request({ ':method': 'POST', ':path': '/echo' })
  const sent = 'x'.repeat(300_000)
  stream.end(sent)
  expect(await text(stream)).toBe(sent)
  // An upload over HTTP/2 stops each time the window is full.
  expect(client.remoteSettings.initialWindowSize).toBe(1024 * 1024)
  await vi.waitFor(() => expect(client.state.remoteWindowSize).toBeGreaterThan(512 * 1024))
  client.close()
})

test('an event stream arrives line by line, before its end', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
  }
  await new Promise<void>((resolve, reject) => {
    const request = httpRequest({ port: http, headers: { host: 'web.dev.localhost' } }, (response) => {
      response.once('data', (chunk) => {
        expect(String(chunk)).toBe('data: one\n\n')
        request.destroy()
        resolve()
      })
    })
    request.once('error', reject).end()
  })
})

test('a protocol upgrade joins client and container', async () => {
  container.on('upgrade', (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
    )
    socket.pipe(socket)
  })
  await new Promise<void>((resolve, reject) => {
    const headers = { host: 'web.dev.localhost', connection: 'Upgrade', upgrade: 'websocket' }
    const request = httpRequest({ port: http, headers })
    request.once('upgrade', (response, socket) => {
      expect(response.headers.upgrade).toBe('websocket')
      socket.write('hello')
      socket.once('data', (chunk) => {
        expect(String(chunk)).toBe('hello')
        socket.destroy()
        resolve()
      })
    })
    request.once('error', reject).end()
  })
})

test('a name that no container has is a 404 with the names that are, and another domain is refused', async () => {
  const unknown = await get('http', 'db.dev.localhost')
  expect(unknown).toMatchObject({ status: 404, body: expect.stringContaining('web.dev.localhost') })
  // A name of a stranger that leads to loopback (DNS rebinding) has no way in.
  expect(await get('http', 'evil.example')).toMatchObject({ status: 421 })
  await expect(get('https', 'evil.example', { rejectUnauthorized: false })).rejects.toThrow()
})

test('a container that starts has its name with the next request', async () => {
  answer = (_request, response) => response.end('late')
  expect(await get('http', 'late.dev.localhost')).toMatchObject({ status: 404 })
  listing = running('web', 'late')
  expect(await get('http', 'late.dev.localhost')).toMatchObject({ status: 200, body: 'late' })
})

test('without an engine the answer is 503, and a server that refuses is 502 with the label to set', async () => {
  container.close()
  container.closeAllConnections()
  expect(await get('http', 'web.dev.localhost')).toMatchObject({
    status: 502,
    body: expect.stringContaining('desktop.port'),
  })
  listing = undefined
  expect(await get('http', 'web.dev.localhost')).toMatchObject({ status: 503 })
})

test('connections to the container are kept, and one that it closed meanwhile is replaced', async () => {
  const sockets = new Set<unknown>()
  answer = ({ socket }, response) => {
    sockets.add(socket)
    response.end('ok')
  }
  for (let i = 0; i < 5; i += 1) expect((await get('http', 'web.dev.localhost')).body).toBe('ok')
  expect(sockets.size).toBe(1)
  container.closeAllConnections()
  expect((await get('http', 'web.dev.localhost')).body).toBe('ok')
  expect(sockets.size).toBe(2)
})

test('while nobody asks, the engine is not asked either', async () => {
  listings = 0
  await names.set({ domain: 'dev.localhost', http })
  expect(listings).toBe(0)
})

test('a port in use is reported as failed, and opens once it is free', async () => {
  const [taken = 0] = await freePorts(1)
  const holder = createServer()
  await new Promise<void>((done) => holder.listen(taken, '127.0.0.1', done))
  await names.set({ domain: 'dev.localhost', http: taken, https })
  expect(names.view?.failed).toEqual({ http: `port ${taken} is already in use` })
  await new Promise((done) => holder.close(done))
  await names.set({ domain: 'dev.localhost', http: taken, https })
  expect(names.view?.failed).toEqual({})
  await names.set({ domain: 'dev.localhost' })
  expect(names.view).toBeUndefined()
})
