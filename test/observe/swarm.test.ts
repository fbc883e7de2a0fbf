import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SwarmClient } from '../../src/engine/swarm.ts'
import type { SwarmSelf } from '../../src/engine/swarm-replies.ts'
import { observeSwarm } from '../../src/observe/swarm.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

const manager = { isManager: true, clusterId: 'c' } as SwarmSelf
const silent = new Promise<never>(() => {})
const places = ['m.1', 'm.2'].map((machine) => ({
  machine,
  socket: machine,
  isUp: true,
  isManager: true,
  address: machine,
}))
const client = (self: Promise<SwarmSelf>, nodes: Promise<never[]>): SwarmClient =>
  ({ self: () => self, nodes: () => nodes }) as unknown as SwarmClient

test('a manager that lost the others is not waited for once another has listed the nodes', async () => {
  const answers = client(Promise.resolve(manager), Promise.resolve([]))
  const isolated = client(silent, silent)
  const observed = observeSwarm(places, (socket) => (socket === 'm.1' ? answers : isolated))
  await vi.advanceTimersByTimeAsync(3000)
  expect(await observed).toMatchObject({
    selves: { 'm.1': { state: 'present' }, 'm.2': { state: 'unknown' } },
    nodes: { state: 'present', value: { clusterId: 'c', nodes: [] } },
  })
})

test('without a list of nodes, an engine has ten seconds to answer', async () => {
  const late = new Promise<SwarmSelf>((resolve) => setTimeout(() => resolve(manager), 9000))
  const observed = observeSwarm(places, (socket) =>
    client(socket === 'm.1' ? late : silent, Promise.resolve([])),
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await observed).toMatchObject({
    selves: { 'm.1': { state: 'present' }, 'm.2': { state: 'unknown' } },
    nodes: { state: 'present' },
  })
})
