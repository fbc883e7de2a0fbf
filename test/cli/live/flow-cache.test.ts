/** Flows fetched in parts yield the same result as fetching all. */
import { expect, test, vi } from 'vitest'
import { FlowCache } from '../../../src/cli/live/flow-cache.ts'
import { Containers } from '../../../src/cli/live/sample.ts'
import type { FlowView } from '../../../src/net/flows.ts'
import type { Control, FlowOptions } from '../../../src/supervisor/api/api.ts'
import { aFlow, someFacts } from '../../support/cli/live-sample.ts'

const facts = async (): Promise<typeof someFacts> => ({
  ...someFacts,
  engine: { state: 'down', reason: 'no engine here' },
})

test('between two whole samples only flows that were heard are asked for, and idle time of the others grows', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const quiet: FlowView = { ...aFlow, guest: '192.168.65.3:1', idleMs: 60_000 }
    const busy: FlowView = { ...aFlow, guest: '192.168.65.3:2', bytesFromGuest: 10 }
    let all = [quiet, busy]
    const asked: (FlowOptions | undefined)[] = []
    const control = {
      facts,
      flows: async (options?: FlowOptions) => {
        asked.push(options)
        return all.filter(({ idleMs }) => idleMs <= (options?.heardWithinMs ?? Number.POSITIVE_INFINITY))
      },
    } as unknown as Control
    const cache = new FlowCache()
    const containers = new Containers('/nowhere')
    expect((await cache.take(control, containers)).flows).toEqual([quiet, busy])
    vi.advanceTimersByTime(100)
    all = [
      { ...quiet, idleMs: 60_100 },
      { ...busy, bytesFromGuest: 30 },
      { ...aFlow, guest: '192.168.65.3:3' },
    ]
    expect((await cache.take(control, containers)).flows).toEqual(all)
    expect(asked).toEqual([undefined, { heardWithinMs: 200 }])
    // A closed flow disappears with the next complete sample.
    all = [busy]
    vi.advanceTimersByTime(1_000)
    expect((await cache.take(control, containers)).flows).toEqual([busy])
    expect(asked.at(-1)).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})
