/** Root in the VM can answer in dockerd's place. It costs its connection, never the supervisor. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { engineClient } from '../../src/engine/client.ts'
import { listedMappings, maxPublished, portsOfContainers } from '../../src/engine/published.ts'
import { parseEvent, parseReply, type ReplyPath } from '../../src/engine/replies.ts'
import { EngineWatch, readEngine } from '../../src/engine/watch.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

let dir: string
let server: Server
const sockets = new Set<Socket>()
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
/** What is answered to a path, as raw bytes; a function writes by itself. */
let answer: (path: string, socket: Socket) => void

beforeEach(async () => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
  dir = mkdtempSync(join(tmpdir(), 'engine-'))
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let head = ''
    socket.on('data', (chunk) => {
      head += String(chunk)
      const path = /^[A-Z]+ (\/[^ ?]*)/.exec(head)?.[1]
      if (path !== undefined && head.includes('\r\n\r\n')) {
        head = ''
        answer(path, socket)
      }
    })
  }).listen(join(dir, 's'))
  await once(server, 'listening')
})

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server.close()
  await once(server, 'close')
  rmSync(dir, { recursive: true, force: true })
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

const http = (body: string, status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const honest: Readonly<Record<string, string>> = {
  '/_ping': http('OK'),
  '/version': http('{"Version":"29.1.0","ApiVersion":"1.52"}'),
  '/info': http('{"Debug":false,"Labels":null}'),
  '/containers/json': http('[]'),
  '/networks': http('[]'),
}

const withReply =
  (lie: Readonly<Record<string, string>>) =>
  (path: string, socket: Socket): void =>
    void socket.write(lie[path] ?? honest[path] ?? http('', '404 Not Found'))

const container = (part: string): string => http(`[{"Id":"a","Names":["/a"],"Ports":[],${part}}]`)
const ports = (part: string): string => http(`[{"Id":"a","Names":["/a"],"Ports":[${part}]}]`)

const lies: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['null for the version', { '/version': http('null') }],
  ['a number for the version', { '/version': http('5') }],
  ['a list for the version', { '/version': http('[]') }],
  ['a version of 1 MiB', { '/version': http(`{"Version":"${'x'.repeat(2 ** 20)}","ApiVersion":"1"}`) }],
  ['a version that is a map', { '/version': http('{"Version":{},"ApiVersion":"1"}') }],
  ['no JSON', { '/version': http('<html>') }],
  ['half a JSON text', { '/version': http('{"Version":') }],
  ['nothing', { '/version': http('') }],
  ['null for the info', { '/info': http('null') }],
  ['a list for the info', { '/info': http('[1]') }],
  ['info of 100,000 levels', { '/info': http(`{"Labels":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) }],
  ['info of a million values', { '/info': http(`{"Labels":[${'1,'.repeat(1_000_000)}1]}`) }],
  ['null for containers', { '/containers/json': http('null') }],
  ['a map for containers', { '/containers/json': http('{}') }],
  ['containers that are null', { '/containers/json': http('[null]') }],
  ['a container without an id', { '/containers/json': http('[{"Names":[],"Ports":[]}]') }],
  ['names that are numbers', { '/containers/json': http('[{"Id":"a","Names":[5],"Ports":[]}]') }],
  ['names that are a text', { '/containers/json': http('[{"Id":"a","Names":"x","Ports":[]}]') }],
  [
    'an address that is none',
    { '/containers/json': container('"NetworkSettings":{"Networks":{"b":{"IPAddress":"not-an-address"}}}') },
  ],
  [
    'an address that is a number',
    { '/containers/json': container('"NetworkSettings":{"Networks":{"b":{"IPAddress":1}}}') },
  ],
  ['networks that are a list', { '/containers/json': container('"NetworkSettings":{"Networks":[[]]}') }],
  ['ports that are a map', { '/containers/json': http('[{"Id":"a","Names":[],"Ports":{}}]') }],
  ['port null', { '/containers/json': ports('null') }],
  ['port 70000', { '/containers/json': ports('{"PrivatePort":80,"PublicPort":70000,"Type":"tcp"}') }],
  ['port -1', { '/containers/json': ports('{"PrivatePort":-1,"PublicPort":80,"Type":"tcp"}') }],
  ['port 1.5', { '/containers/json': ports('{"PrivatePort":1.5,"PublicPort":80,"Type":"tcp"}') }],
  ['port 1e400', { '/containers/json': ports('{"PrivatePort":1e400,"PublicPort":80,"Type":"tcp"}') }],
  ['a port as text', { '/containers/json': ports('{"PrivatePort":80,"PublicPort":"80","Type":"tcp"}') }],
  [
    'a port of a path',
    { '/containers/json': ports('{"IP":"/etc","PrivatePort":80,"PublicPort":80,"Type":"tcp"}') },
  ],
  [
    '59,000 ports',
    {
      '/containers/json': ports(
        Array.from(
          { length: 59_000 },
          (_, i) => `{"PrivatePort":1,"PublicPort":${i + 1},"Type":"tcp"}`,
        ).join(),
      ),
    },
  ],
  [
    '30,000 containers',
    {
      '/containers/json': http(
        `[${'{"Id":"a","Names":[],"Ports":[]},'.repeat(30_000)}{"Id":"a","Names":[],"Ports":[]}]`,
      ),
    },
  ],
  ['null for networks', { '/networks': http('null') }],
  ['a network without a name', { '/networks': http('[{}]') }],
  [
    'a subnet that is a text',
    { '/networks': http('[{"Name":"n","IPAM":{"Config":[{"Subnet":"rm -rf"}]}}]') },
  ],
  [
    'a subnet that is a map',
    { '/networks': http('[{"Name":"n","IPAM":{"Config":{"Subnet":"1.1.1.1/8"}}}]') },
  ],
  ['a body of 9 MiB', { '/containers/json': http(`"${'x'.repeat(9 * 2 ** 20)}"`) }],
  ['an error of 1 MiB', { '/info': http('x'.repeat(2 ** 20), '500 Oops') }],
  ['an upgrade', { '/version': 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n' }],
  ['no HTTP', { '/version': 'SSH-2.0-OpenSSH\r\n' }],
  ['a head of 1 MiB', { '/version': `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2 ** 20)}\r\n\r\n` }],
  ['a length that is a lie', { '/version': 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}' }],
  ['chunks of no size', { '/version': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n' }],
  ['a redirect', { '/version': http('', '302 Found') }],
]

test.each(lies)('%s is refused, and the reason has none of it', { timeout: 20_000 }, async (_name, lie) => {
  answer = withReply(lie)
  const error = await readEngine(engineClient(join(dir, 's'))).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DesktopError)
  expect(['engine/bad-reply', 'engine/unreachable', 'engine/request-failed']).toContain(
    (error as DesktopError).code,
  )
  expect((error as DesktopError).message.length).toBeLessThan(3_000)
})

test('a body without an end costs its connection after 8 MiB', async () => {
  answer = (path, socket) => {
    if (path !== '/containers/json') return void socket.write(honest[path] ?? '')
    socket.write('HTTP/1.1 200 OK\r\n\r\n[')
    const pour = (): void => {
      while (!socket.destroyed && socket.write(' '.repeat(65_536)));
    }
    socket.on('drain', pour)
    pour()
  }
  await expect(engineClient(join(dir, 's')).containers()).rejects.toMatchObject({ code: 'engine/bad-reply' })
  await vi.waitFor(() => expect(sockets.size).toBe(0))
})

test('a ping with a body without an end leaves no connection', async () => {
  answer = (_path, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const timer = setInterval(() => socket.write('x'.repeat(1_000)), 1)
    socket.on('close', () => clearInterval(timer))
  }
  expect(await engineClient(join(dir, 's')).ping()).toBe(true)
  await vi.waitFor(() => expect(sockets.size).toBe(0))
})

test.each([
  ['null', 'null\n'],
  ['a number', '5\n'],
  ['a text', '"start"\n'],
  ['a list', '[]\n'],
  ['an event without a type', '{"Action":"start"}\n'],
  ['an action that is a map', '{"Type":"container","Action":{}}\n'],
  ['an actor that is a number', '{"Type":"container","Action":"start","Actor":5}\n'],
  ['no JSON', 'hello\n'],
  ['a line of 2 MiB', 'x'.repeat(2 * 2 ** 20)],
])('the event %s ends the stream of events and nothing else', { timeout: 20_000 }, async (_name, events) => {
  const ended = Promise.withResolvers<void>()
  answer = (path, socket) => {
    if (path !== '/events') return withReply({})(path, socket)
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${events}`)
    socket.once('close', ended.resolve)
  }
  await using watch = new EngineWatch(engineClient(join(dir, 's')), undefined)
  await ended.promise
  expect((await watch.state()).version).toBe('29.1.0')
})

test('an engine that ends its events at once is followed less and less often', {
  timeout: 20_000,
}, async () => {
  let asked = 0
  answer = (path, socket) => {
    if (path === '/events') {
      asked += 1
      socket.end(http('null\n'))
    } else withReply({})(path, socket)
  }
  const began = performance.now()
  {
    await using _watch = new EngineWatch(engineClient(join(dir, 's')), undefined)
    await vi.waitFor(() => expect(asked).toBe(2), { timeout: 15_000 })
  }
  expect(performance.now() - began).toBeGreaterThan(1_500)
})

test('no more ports are published than the host is to listen on', () => {
  const Ports = Array.from({ length: 59_000 }, (_, i) => ({ PrivatePort: 1, PublicPort: i + 1, Type: 'tcp' }))
  const rules = { bind: '127.0.0.1', guestAddress: '192.168.65.3', hasIpv6: true, routesIpv6: false }
  const mappings = listedMappings(portsOfContainers([{ Id: 'a', Names: [], Ports }]), rules)
  expect(mappings).toHaveLength(maxPublished)
})

test('any JSON is a reply of its shape or is refused with one code', () => {
  const paths: readonly ReplyPath[] = [
    ...(['/version', '/info', '/containers/json', '/networks', '/networks/ID', '/services'] as const),
  ]
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...paths), (value, path) => {
      try {
        parseReply(path, JSON.stringify([value, value]).slice(1, -1))
        parseReply(path, JSON.stringify(value))
      } catch (error) {
        expect(error).toMatchObject({ code: 'engine/bad-reply' })
      }
      expect(() => parseEvent(value)).not.toThrow()
    }),
    { numRuns: 500 },
  )
})
