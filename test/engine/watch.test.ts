/** Caching of the engine state while containers change, with a scripted engine. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { EngineClient } from '../../src/engine/client.ts'
import type { EngineEvent } from '../../src/engine/replies.ts'
import { EngineWatch, readEngine } from '../../src/engine/watch.ts'

interface Played {
  engine: EngineClient
  /** Reply to later requests. */
  answer: Promise<string>
  isInSwarm: boolean
  happens: (event: EngineEvent) => void
  asked: () => number
  leave: () => void
}

function playedEngine(): Played {
  let tell: (event: EngineEvent) => void = () => {}
  const gone = Promise.withResolvers<void>()
  let asked = 0
  const engine = {
    ping: async () => true,
    version: async () => {
      asked += 1
      return { Version: await played.answer, ApiVersion: '1.43' }
    },
    info: async () => ({ Swarm: { LocalNodeState: played.isInSwarm ? 'active' : 'inactive' } }),
    containers: async () => [],
    networks: async () => [],
    events: (_filters: unknown, onEvent: (event: EngineEvent) => void, signal: AbortSignal) => {
      tell = onEvent
      const ended = once(signal, 'abort').then(() => {})
      return { opened: Promise.resolve(), closed: Promise.race([ended, gone.promise]) }
    },
  }
  const played: Played = {
    engine: engine as unknown as EngineClient,
    answer: Promise.resolve('1'),
    isInSwarm: false,
    happens: (event) => tell(event),
    asked: () => asked,
    leave: () => gone.resolve(),
  }
  return played
}

/** Waits until events are followed and the state is cached. */
async function known(watch: EngineWatch, { asked }: Played): Promise<void> {
  await vi.waitFor(async () => {
    const before = asked()
    await watch.state()
    expect(asked()).toBe(before)
  })
}

const started: EngineEvent = { Type: 'container', Action: 'start' }

test('after an event the previous state is available, and the new one is requested once', async () => {
  const played = playedEngine()
  await using watch = new EngineWatch(played.engine, undefined)
  await known(watch, played)
  const second = Promise.withResolvers<string>()
  played.answer = second.promise
  const before = played.asked()
  played.happens(started)
  for (const _ of ['first look', 'next look']) expect((await watch.recentState()).version).toBe('1')
  expect(played.asked()).toBe(before + 1)
  second.resolve('2')
  await vi.waitFor(async () => expect((await watch.recentState()).version).toBe('2'))
  expect(played.asked()).toBe(before + 1)
})

test('a swarm node that does not answer in time is in its previous state', async () => {
  const played = playedEngine()
  played.isInSwarm = true
  await using watch = new EngineWatch(played.engine, undefined)
  await known(watch, played)
  played.answer = new Promise(() => {})
  played.happens(started)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const state = watch.timelyState()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await state).toMatchObject({ version: '1', isInSwarm: true })
  } finally {
    vi.useRealTimers()
  }
})

test('the state of now waits for the engine, whatever was known before', async () => {
  const played = playedEngine()
  await using watch = new EngineWatch(played.engine, undefined)
  await known(watch, played)
  played.answer = Promise.resolve('2')
  played.happens(started)
  expect((await watch.state()).version).toBe('2')
})

test('nothing is cached of an engine that has disconnected', async () => {
  const played = playedEngine()
  await using watch = new EngineWatch(played.engine, undefined)
  await known(watch, played)
  played.answer = new Promise(() => {})
  played.leave()
  await vi.waitFor(async () => {
    const atHand = await Promise.race([watch.recentState(), sleep(0, undefined)])
    expect(atHand).toBeUndefined()
  })
})

test.each([
  ['active', true],
  ['locked', true],
  ['inactive', undefined],
  ['', undefined],
])('an engine whose swarm state is "%s" is in a swarm: %s', async (LocalNodeState, isInSwarm) => {
  const played = playedEngine()
  const engine = { ...played.engine, info: async () => ({ Swarm: { LocalNodeState } }) }
  expect((await readEngine(engine as EngineClient)).isInSwarm).toBe(isInSwarm)
})

test('containers of the host network are listed, which publish no ports', async () => {
  const container = (name: string, network: string) => ({
    ...{ Id: name, Names: [`/${name}`], Ports: [] },
    NetworkSettings: { Networks: { [network]: {} } },
  })
  const containers = async () => [container('b', 'host'), container('a', 'bridge')]
  const details = async () => ({ Config: {} })
  const engine = { ...playedEngine().engine, containers, container: details }
  const info = await readEngine(engine as unknown as EngineClient)
  expect(info).toMatchObject({ running: ['a', 'b'], onHostNetwork: ['b'] })
})
