/** SOCKS5 byte by byte, with streams in memory; and the addresses that a tunnel may reach. */
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { addressFor } from '../../src/names/reach.ts'
import { type DialName, serveSocks } from '../../src/names/socks.ts'

const greeting = [5, 1, 0]
const toName = (name: string, port: number): number[] => [
  ...[5, 1, 0, 3, name.length],
  ...Buffer.from(name),
  port >> 8,
  port & 0xff,
]

/** The bytes that a client gets for these, in chunks of this size; it ends its side after them. */
async function answered(bytes: readonly number[], dial: DialName, chunk = bytes.length): Promise<number[]> {
  const [client, server] = duplexPair()
  void serveSocks(server, dial)
  const whole = text(client.setEncoding('latin1'))
  for (let at = 0; at < bytes.length; at += chunk) {
    client.write(Uint8Array.from(bytes.slice(at, at + chunk)))
    await new Promise((done) => setImmediate(done))
  }
  client.end()
  return [...Buffer.from(await whole, 'latin1')]
}

const success = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

/** A server that says `hi` and ends. */
function hello(asked: string[]): DialName {
  return async (host, port) => {
    asked.push(`${host} ${port}`)
    const [near, far] = duplexPair()
    far.resume().end('hi')
    return near
  }
}

test.each([1, 2, 1000])('a name is dialled as it is, with bytes that arrive %i at a time', async (chunk) => {
  const asked: string[] = []
  const got = await answered([...greeting, ...toName('db.dev.localhost', 5432)], hello(asked), chunk)
  expect(asked).toEqual(['db.dev.localhost 5432'])
  expect(got).toEqual([5, 0, ...success, ...Buffer.from('hi')])
})

test('addresses of both families are dialled', async () => {
  const asked: string[] = []
  await answered([...greeting, 5, 1, 0, 1, 172, 17, 0, 2, 0, 80], hello(asked))
  await answered([...greeting, 5, 1, 0, 4, 0xfd, ...Array(14).fill(0), 2, 0, 80], hello(asked))
  expect(asked).toEqual(['172.17.0.2 80', 'fd00:0:0:0:0:0:0:2 80'])
})

test('what the client sends with its request reaches the server', async () => {
  const [near, far] = duplexPair()
  const received = text(far)
  void answered([...greeting, ...toName('db', 1), ...Buffer.from('early')], async () => near)
  expect(await received).toBe('early')
})

const failing =
  (code: 'tunnel/unknown-host' | 'tunnel/outside' | 'tunnel/refused'): DialName =>
  () =>
    Promise.reject(new DesktopError(code, 'no'))

test.each([
  ['tunnel/unknown-host', 4],
  ['tunnel/outside', 2],
  ['tunnel/refused', 5],
] as const)('%s is the reply %i', async (code, reply) => {
  expect((await answered([...greeting, ...toName('db', 1)], failing(code)))[3]).toBe(reply)
})

test.each<[string, number[], number | undefined]>([
  ['another version', [4, 1, 0], 1],
  ['BIND', [...greeting, 5, 2, 0, 1, 1, 1, 1, 1, 0, 80], 7],
  ['an unknown kind of address', [...greeting, 5, 1, 0, 9, 0], 8],
])('%s is refused, and nothing is dialled', async (_what, bytes, reply) => {
  const dial: DialName = async () => {
    throw new Error('dialled')
  }
  const got = await answered(bytes, dial)
  expect(got.at(-9)).toBe(reply)
})

test('a client that offers only passwords gets the reply that no method fits', async () => {
  const got = await answered([5, 1, 2], hello([]))
  expect(got.slice(0, 2)).toEqual([5, 0xff])
})

test('a client that leaves in the middle dials nothing', async () => {
  const [client, server] = duplexPair()
  const asked: string[] = []
  const served = serveSocks(server, hello(asked))
  client.on('error', () => {}).write(Uint8Array.of(...greeting, 5, 1))
  client.end()
  await served
  expect(asked).toEqual([])
})

const reachable = {
  routes: new Map([['web.acme', { container: 'acme-web-1', address: '172.18.0.2', port: 80 }]]),
  networks: [
    { Name: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }, { Subnet: 'fd00:1::/64' }] } },
    { Name: 'none', IPAM: { Config: null } },
  ],
  vmAddress: '192.168.65.3',
}

test.each([
  ['web.acme', '172.18.0.2'],
  ['WEB.acme', '172.18.0.2'],
  ['172.17.9.9', '172.17.9.9'],
  ['fd00:1::9', 'fd00:1::9'],
  ['192.168.65.3', '192.168.65.3'],
])('%s is reached at %s', (host, address) => {
  expect(addressFor(host, reachable)).toBe(address)
})

test.each([
  ['nobody', 'tunnel/unknown-host'],
  ['example.com', 'tunnel/unknown-host'],
  ['172.18.0.2', 'tunnel/outside'],
  ['127.0.0.1', 'tunnel/outside'],
  ['192.168.65.254', 'tunnel/outside'],
  ['fd00:2::1', 'tunnel/outside'],
])('%s is %s', (host, code) => {
  expect(() => addressFor(host, reachable)).toThrow(expect.objectContaining({ code }))
})
