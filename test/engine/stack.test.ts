/** The stack API, with an engine that replies like dockerd 26.1, and one that replies with anything. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type StackClient, stackClient } from '../../src/engine/stack.ts'

interface Asked {
  request: string
  body: unknown
  headers: IncomingHttpHeaders
}

let dir: string
let server: Server
let client: StackClient
let asked: Asked[]
/** By path without query. */
let replies: Record<string, unknown>

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stack-'))
  asked = []
  replies = {}
  server = createServer(async (request, response) => {
    const { method, url = '', headers } = request
    const text = await textOf(request)
    asked.push({
      request: `${method} ${decodeURIComponent(url)}`,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
      headers,
    })
    const reply = replies[url.split('?')[0] ?? ''] ?? []
    if (reply === 404) response.statusCode = 404
    response.end(JSON.stringify(reply))
  }).listen(join(dir, 's'))
  await once(server, 'listening')
  client = stackClient(join(dir, 's'))
})

afterEach(async () => {
  server.close()
  await once(server, 'close')
  rmSync(dir, { recursive: true, force: true })
})

const began = Date.parse('2026-01-01T00:00:00Z')
const labels = { 'com.docker.stack.namespace': 'lab' }
const service = {
  ID: 's1',
  Version: { Index: 7 },
  Spec: { Name: 'lab_web', Labels: labels, TaskTemplate: { ForceUpdate: 0 } },
  ServiceStatus: { RunningTasks: 1, DesiredTasks: 2, CompletedTasks: 0 },
  UpdateStatus: { State: 'updating', Message: 'update in progress' },
}

test('objects of the swarm are read, and networks of single engines left out', async () => {
  const content = {
    ID: 'c1',
    Version: { Index: 3 },
    Spec: { Name: 'lab_page', Labels: labels, Data: 'aGk=', Templating: { Name: 'golang' } },
  }
  replies = {
    '/services': [service],
    '/networks': [
      { Id: 'n1', Name: 'lab_default', Scope: 'swarm', Driver: 'overlay', Labels: labels },
      { Id: 'n2', Name: 'bridge', Scope: 'local', Labels: {} },
      { Id: 'n3', Name: 'ingress', Scope: 'swarm', Labels: null },
    ],
    '/configs': [content],
    '/secrets': [
      {
        ...content,
        Spec: { Name: 'lab_word', Labels: null, Driver: { Name: 'vault', Options: { a: 'b' } } },
      },
    ],
  }
  const { services, networks, configs, secrets } = await client.objects()
  expect(services).toEqual([
    {
      id: 's1',
      version: 7,
      name: 'lab_web',
      labels,
      spec: service.Spec,
      tasks: { running: 1, wanted: 2 },
      update: { state: 'updating', message: 'update in progress' },
    },
  ])
  expect(networks.map(({ id, name }) => [id, name])).toEqual([
    ['n1', 'lab_default'],
    ['n3', 'ingress'],
  ])
  expect(configs).toEqual([
    {
      id: 'c1',
      version: 3,
      name: 'lab_page',
      labels,
      data: 'aGk=',
      driver: undefined,
      templating: { name: 'golang', options: {} },
    },
  ])
  expect(secrets).toEqual([
    {
      id: 'c1',
      version: 3,
      name: 'lab_word',
      labels: {},
      data: undefined,
      driver: { name: 'vault', options: { a: 'b' } },
      templating: undefined,
    },
  ])
})

test('a network that a service uses and the list does not have is looked up by its id', async () => {
  const task = { Networks: [{ Target: 'n1' }, { Target: 'p1' }, { Target: 'gone' }] }
  replies = {
    '/services': [{ ...service, Spec: { ...service.Spec, TaskTemplate: task } }],
    '/networks': [{ Id: 'n1', Name: 'lab_default', Scope: 'swarm', Labels: labels }],
    '/networks/p1': { Id: 'p1', Name: 'host', Scope: 'local', Labels: null },
    '/networks/gone': 404,
  }
  expect((await client.objects()).networks.map(({ id, name }) => [id, name])).toEqual([
    ['n1', 'lab_default'],
    ['p1', 'host'],
  ])
})

test('a swarm without objects replies null', async () => {
  replies = { '/services': null, '/networks': null, '/configs': null, '/secrets': null }
  expect(await client.objects()).toEqual({ services: [], networks: [], configs: [], secrets: [] })
})

test('tasks are those of the current version, the last changed first; a place is a slot or a node', async () => {
  const at = (seconds: string) => ({ Timestamp: `2026-01-01T00:00:${seconds}Z` })
  const task = {
    ID: 't1',
    ServiceID: 's1',
    Slot: 2,
    NodeID: 'n1',
    Status: { State: 'running', ...at('02.1') },
  }
  const failed = { State: 'failed', Err: 'exit 1', ...at('01.123456789') }
  const global = { ID: 't2', ServiceID: 's1', NodeID: 'n2', Status: failed }
  const untimed = { ID: 't3', ServiceID: 's1', Slot: 3, Status: { State: 'new' } }
  replies = { '/tasks': [untimed, global, task] }
  expect(await client.tasks(['s1'])).toEqual([
    { id: 't1', serviceId: 's1', place: '2', state: 'running', error: '', changedMs: began + 2_100 },
    { id: 't2', serviceId: 's1', place: 'n2', state: 'failed', error: 'exit 1', changedMs: began + 1_123 },
    { id: 't3', serviceId: 's1', place: '3', state: 'new', error: '', changedMs: 0 },
  ])
  await client.taskHistory(['s1'])
  expect(asked.map(({ request }) => request)).toEqual([
    'GET /tasks?filters={"service":["s1"],"_up-to-date":["true"]}',
    'GET /tasks?filters={"service":["s1"]}',
  ])
})

test('a service has the times of its last update', async () => {
  const times = { StartedAt: '2026-01-01T00:00:01Z', CompletedAt: '2026-01-01T00:00:02Z' }
  const update = { State: 'rollback_completed', Message: 'rollback completed', ...times }
  replies = { '/services': [{ ...service, UpdateStatus: update }] }
  expect((await client.services())[0]?.update).toEqual({
    state: 'rollback_completed',
    message: 'rollback completed',
    startedMs: began + 1_000,
    endedMs: began + 2_000,
  })
})

test('objects are created, updated by version, and removed', async () => {
  await client.create('config', { Name: 'a' })
  await client.create('service', { Name: 'b' }, 'credential')
  await client.update('service', { id: 's/1', version: 7 }, { Name: 'b' }, 'credential')
  await client.remove('network', 'n1')
  expect(asked.map(({ request, body, headers }) => [request, body, headers['x-registry-auth']])).toEqual([
    ['POST /configs/create', { Name: 'a' }, undefined],
    ['POST /services/create', { Name: 'b' }, 'credential'],
    ['POST /services/s/1/update?version=7', { Name: 'b' }, 'credential'],
    ['DELETE /networks/n1', undefined, undefined],
  ])
})

test('the digest of an image comes with its platforms, without attestations and repetitions', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const platform = (architecture: string, os = 'linux') => ({ architecture, os })
  const Platforms = ['amd64', 'arm', 'arm', 'unknown'].map((one) => platform(one))
  replies = { '/distribution/x/box:1/json': { Descriptor: { digest }, Platforms } }
  expect(await client.digest('x/box:1')).toEqual({
    digest,
    platforms: [
      { Architecture: 'amd64', OS: 'linux' },
      { Architecture: '', OS: 'linux' },
    ],
  })
})

test.each([
  ['a service without a name', '/services', [{ ...service, Spec: {} }]],
  [
    'a specification that is nested too deep',
    '/services',
    [{ ...service, Spec: { Name: 'a', X: deep(40) } }],
  ],
  [
    'a list in place of labels',
    '/configs',
    [{ ID: 'c', Version: { Index: 1 }, Spec: { Name: 'a', Labels: [] } }],
  ],
  ['a network without a scope', '/networks', [{ Id: 'n', Name: 'a' }]],
])('%s is refused', async (_what, path, reply) => {
  replies = { [path]: reply }
  await expect(client.objects()).rejects.toMatchObject({ code: 'engine/bad-reply' })
})

test('a digest that is not one is refused', async () => {
  replies = { '/distribution/box/json': { Descriptor: { digest: 'latest' } } }
  await expect(client.digest('box')).rejects.toMatchObject({ code: 'engine/bad-reply' })
})

function deep(levels: number): object {
  return levels === 0 ? {} : { a: deep(levels - 1) }
}
