/** The guest API: several guests on one forwarder, each on separate connections. */
import { request } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import type { PortMapping } from '../../../src/config/desired.ts'
import { GuestApi } from '../../../src/net/api/guest-api.ts'
import { mostGuestPorts } from '../../../src/net/api/guest-ports.ts'
import { parseMapping } from '../../../src/net/api/ports.ts'
import { ServedForwarder } from '../../../src/net/api/served-forwarder.ts'
import { Forwarder } from '../../../src/net/forwarder.ts'
import { freePorts } from '../../support/free-ports.ts'
import { ipv6, network } from '../../support/net/lab.ts'

const deadline = { timeout: 30_000 }
const [own, other] = ['192.168.65.3', '192.168.65.4']

/** In memory, without listeners. */
function memory(...mappings: PortMapping[]) {
  const keeper = {
    mappings,
    ports: () => keeper.mappings,
    async addPort(mapping: PortMapping) {
      keeper.mappings = [...keeper.mappings, mapping]
    },
    async removePort(id: string) {
      keeper.mappings = keeper.mappings.filter((mapping) => mapping.id !== id)
    },
  }
  return keeper
}

function apiOf(...args: ConstructorParameters<typeof GuestApi>): GuestApi {
  const api = new GuestApi(...args)
  onTestFinished(() => api[Symbol.dispose]())
  return api
}

function connected(api: GuestApi, caller: string): Duplex {
  const [near, far] = duplexPair()
  api.serve(near, caller)
  return far
}

const call = (api: GuestApi, caller: string, name: string, body?: unknown) =>
  callAt(api, caller, `/services/forwarder/${name}`, body)

function callAt(api: GuestApi, caller: string, path: string, body?: unknown) {
  return new Promise<{ status: number; text: string; connection: string | undefined }>((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const createConnection = () => connected(api, caller)
    const sent = request({ path, method, createConnection }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      resolve({ status: response.statusCode!, text, connection: response.headers.connection })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const listed = async (api: GuestApi, caller: string) => JSON.parse((await call(api, caller, 'all')).text)

test('a guest maps a port to itself, without naming its address, lists it and unmaps it', async () => {
  const keeper = memory()
  const api = apiOf(keeper)
  expect(await call(api, own, 'expose', { local: ':8080', remote: ':80' })).toMatchObject({ status: 200 })
  expect(keeper.mappings).toMatchObject([{ guest: { address: own, port: 80 } }])
  expect(await listed(api, own)).toEqual([{ local: ':8080', remote: `${own}:80`, protocol: 'tcp' }])
  expect(await call(api, own, 'unexpose', { local: ':8080' })).toMatchObject({ status: 200 })
  expect(keeper.mappings).toEqual([])
})

test("a guest's own IPv6 address is recognized in any notation", async () => {
  const keeper = memory()
  const api = apiOf(keeper)
  const remote = '[FD00:65:0::3]:80'
  expect(await call(api, ipv6.address, 'expose', { local: ':8080', remote })).toMatchObject({ status: 200 })
  expect(await listed(api, ipv6.address)).toHaveLength(1)
})

test.each([
  [
    'another guest as remote',
    { local: ':8080', remote: `${other}:80` },
    'remote: 192.168.65.4 is not your address\n',
  ],
  [
    'a socket file of the host',
    { local: '/tmp/x.sock', remote: `tcp://${own}:80`, protocol: 'unix' },
    'local: guests can only map ports of this host\n',
  ],
])('%s is refused', async (_, body, text) => {
  const keeper = memory()
  expect(await call(apiOf(keeper), own, 'expose', body)).toMatchObject({ status: 403, text })
  expect(keeper.mappings).toEqual([])
})

test('mappings of others and of the file are neither listed nor removed nor replaced', async () => {
  const others = parseMapping({ local: ':8080', remote: `${other}:80`, protocol: 'tcp' })
  const forwarder = new Forwarder({ network })
  onTestFinished(() => forwarder[Symbol.asyncDispose]())
  const [port = 0] = await freePorts(1)
  const local = `127.0.0.1:${port}`
  const served = new ServedForwarder(forwarder)
  await served.addPort(parseMapping({ local, remote: `${other}:80`, protocol: 'tcp' }))
  for (const keeper of [memory(others), served]) {
    const api = apiOf(keeper)
    const wanted = keeper === served ? local : ':8080'
    expect(await listed(api, own)).toEqual([])
    expect(await call(api, own, 'unexpose', { local: wanted })).toMatchObject({ status: 500 })
  }
  const taken = await call(apiOf(served), own, 'expose', { local, remote: ':80' })
  expect(taken).toMatchObject({ status: 500, text: `proxy already running for tcp on ${local}\n` })
  expect(forwarder.ports()).toMatchObject([{ guest: { address: other }, state: 'listening' }])
})

test('the number of mappings per guest is limited', async () => {
  const full = Array.from({ length: mostGuestPorts }, (_, i) =>
    parseMapping({ local: `:${1000 + i}`, remote: `${own}:80`, protocol: 'tcp' }),
  )
  const api = apiOf(memory(...full))
  expect(await call(api, own, 'expose', { local: ':9', remote: ':80' })).toMatchObject({ status: 403 })
  expect(await call(api, other, 'expose', { local: ':9', remote: ':80' })).toMatchObject({ status: 200 })
})

test('other paths of the API are not available to guests', async () => {
  const api = apiOf(memory())
  for (const path of ['/leases', '/services/dns/all', '/tunnel', '/connect', '/metrics'])
    expect(await callAt(api, own, path)).toMatchObject({ status: 404 })
})

test('a connection serves one request, and is closed if none arrives', async () => {
  const api = apiOf(memory(), { timeoutMs: 50 })
  expect(await call(api, own, 'all')).toMatchObject({ connection: 'close' })
  const silent = connected(api, own)
  silent.resume()
  await expect.poll(() => silent.readableEnded || silent.destroyed, deadline).toBe(true)
})
