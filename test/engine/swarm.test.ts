/** The swarm API, with an engine that replies like dockerd 26.1, and one that replies with anything. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SwarmClient, swarmClient } from '../../src/engine/swarm.ts'

interface Asked {
  method: string
  url: string
  body: unknown
}

let dir: string
let server: Server
let client: SwarmClient
let asked: Asked[]
let answer: (request: Asked) => { status?: number; body?: unknown }

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-'))
  asked = []
  answer = () => ({})
  server = createServer(async (request, response) => {
    const text = await textOf(request)
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
    asked.push(one)
    const { status = 200, body = {} } = answer(one)
    response.writeHead(status).end(JSON.stringify(body))
  }).listen(join(dir, 's'))
  await once(server, 'listening')
  client = swarmClient(join(dir, 's'))
})

afterEach(async () => {
  server.close()
  await once(server, 'close')
  rmSync(dir, { recursive: true, force: true })
})

const managerInfo = {
  Swarm: {
    NodeID: 'ws1cw221u3h8bpr9z74s2l9r2',
    NodeAddr: '192.168.65.3',
    LocalNodeState: 'active',
    ControlAvailable: true,
    Error: '',
    RemoteManagers: [{ NodeID: 'ws1cw221u3h8bpr9z74s2l9r2', Addr: '192.168.65.3:2377' }],
    Nodes: 2,
    Managers: 1,
    Cluster: { ID: 'mi4q4vrznpypw5k9zknyia6tg', Version: { Index: 10 } },
  },
}
const managerNode = {
  ID: 'ws1cw221u3h8bpr9z74s2l9r2',
  Version: { Index: 9 },
  Spec: { Labels: { disk: 'fast' }, Role: 'manager', Availability: 'active' },
  Description: { Hostname: 'm-1', Platform: { OS: 'linux' } },
  Status: { State: 'ready', Addr: '192.168.65.3' },
  ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '192.168.65.3:2377' },
}

test('a manager says which swarm it is of, and which managers it knows', async () => {
  answer = () => ({ body: managerInfo })
  expect(await client.self()).toEqual({
    state: 'active',
    nodeId: 'ws1cw221u3h8bpr9z74s2l9r2',
    isManager: true,
    clusterId: 'mi4q4vrznpypw5k9zknyia6tg',
    managers: ['192.168.65.3'],
  })
})

test('an engine that is in no swarm says so', async () => {
  const Swarm = { NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false, RemoteManagers: null }
  answer = () => ({ body: { Swarm } })
  expect(await client.self()).toMatchObject({ state: 'inactive', isManager: false, managers: [] })
})

test('nodes have role, availability, labels and voice, also one that has not reported yet', async () => {
  const { ManagerStatus: _, Description: _2, ...rest } = managerNode
  const joining = {
    ...rest,
    ID: 'new',
    Spec: { Role: 'worker', Availability: 'drain' },
    Status: { State: 'unknown' },
  }
  answer = () => ({ body: [managerNode, joining] })
  expect(await client.nodes()).toMatchObject([
    { hostname: 'm-1', labels: { disk: 'fast' }, manager: { isLeader: true, isReachable: true } },
    { id: 'new', hostname: '', labels: {}, state: 'unknown', availability: 'drain', manager: undefined },
  ])
})

test('a change of a node keeps the rest of it, and names the version that it is of', async () => {
  answer = () => ({ body: [managerNode] })
  const [node] = await client.nodes()
  await client.update(node!, { availability: 'drain' })
  expect(asked.at(-1)).toEqual({
    method: 'POST',
    url: '/nodes/ws1cw221u3h8bpr9z74s2l9r2/update?version=9',
    body: { Role: 'manager', Availability: 'drain', Labels: { disk: 'fast' } },
  })
})

test('a swarm is formed with a pool of overlay networks and their size, without which dockerd panics', async () => {
  await client.init('192.168.65.3', '10.0.0.0/8')
  expect(asked[0]).toEqual({
    method: 'POST',
    url: '/swarm/init',
    body: {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: '192.168.65.3:2377',
      DefaultAddrPool: ['10.0.0.0/8'],
      SubnetSize: 24,
    },
  })
})

test('a join token travels in the body of the request, and in no message of a refusal', async () => {
  const token = 'SWMTKN-1-58zh4kf08ktndw2986v8l2pfgosibodpx7k1rc3o3bo5bp36qe-c6x2gcha0w2xkfhe9kmn3sxyz'
  answer = () => ({ status: 400, body: { message: `invalid join token ${token}` } })
  const refused = await client.join('192.168.65.4', ['192.168.65.3'], token).catch((error: unknown) => error)
  expect(asked[0]).toMatchObject({ url: '/swarm/join', body: { JoinToken: token } })
  expect(String(refused)).toContain('SWMTKN-xxxxx')
  expect(String(refused)).not.toContain(token)
})

test('tasks that ended do not run', async () => {
  const states = ['running', 'starting', 'shutdown', 'failed', 'complete', 'remove']
  answer = () => ({ body: states.map((State) => ({ Status: { State } })) })
  expect(await client.runningTasks('n')).toBe(2)
  expect(asked[0]?.url).toBe(`/tasks?${new URLSearchParams({ filters: '{"node":["n"]}' })}`)
})

test.each([
  ['self', { Swarm: { NodeID: 1 } }],
  ['self', { Swarm: { ...managerInfo.Swarm, LocalNodeState: 'dancing' } }],
  ['nodes', [{ ...managerNode, Spec: { ...managerNode.Spec, Role: 'king' } }]],
  ['nodes', [{ ...managerNode, Description: { Hostname: 'x'.repeat(1_000) } }]],
  ['nodes', {}],
  ['services', [{ ID: 's', ServiceStatus: { RunningTasks: -1, DesiredTasks: 1 } }]],
  ['tokens', { JoinTokens: { Manager: 5 } }],
] as const)('%s: what no dockerd answers is refused', async (what, body) => {
  answer = () => ({ body })
  await expect(client[what]()).rejects.toMatchObject({ code: 'engine/bad-reply' })
})
