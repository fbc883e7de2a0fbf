/**
 * Flows from the server's samples to the page: after any samples, the page has exactly the flows of the last
 * one.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveFlow } from '../../src/cli/live/live.ts'
import { FlowRows } from '../../src/cli/ui/flow-rows.ts'
import { FlowStore } from '../../src/page/flow-store.ts'
import { aFlow } from '../support/cli/live-sample.ts'

const flow = (key: string, over: Partial<LiveFlow> = {}): LiveFlow => ({
  ...aFlow,
  key,
  guest: key,
  container: null,
  remoteName: null,
  sentPerSecond: 0,
  receivedPerSecond: 0,
  ...over,
})

const essence = (flows: readonly Omit<LiveFlow, 'key' | 'retransmissions'>[]): string[] =>
  flows
    .map(
      ({ guest, bytesFromGuest, state, container, remoteName }) =>
        `${guest} ${bytesFromGuest} ${state} ${container} ${remoteName}`,
    )
    .sort()

test('quiet flows are sent once, and changed, new and gone ones with the sample in which they are so', () => {
  const rows = new FlowRows()
  expect(rows.update([flow('a'), flow('b')], 0).rows).toHaveLength(2)
  expect(rows.update([flow('a', { idleMs: 100 }), flow('b', { idleMs: 100 })], 100)).toEqual({
    isAll: false,
    gone: [],
    rows: [],
  })
  const next = rows.update([flow('b', { bytesFromGuest: 5 }), flow('c')], 200)
  expect(next.gone).toEqual([1])
  expect(next.rows.map(([id, , guest]) => [id, guest])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ])
})

test('a page that has seen every change, and one that gets all of the last sample, have the same flows', () => {
  const some = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      bytes: fc.nat(2),
      state: fc.constantFrom('OPEN', 'SHUT'),
    }),
    { selector: ({ key }) => key },
  )
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), (samples) => {
      const rows = new FlowRows()
      const followed = new FlowStore()
      let last: LiveFlow[] = []
      samples.forEach((sample, i) => {
        last = sample.map(({ key, bytes, state }) => flow(key, { bytesFromGuest: bytes, state }))
        followed.apply(rows.update(last, i * 100), i * 100)
      })
      const late = new FlowStore()
      late.apply(rows.all(10_000), 10_000)
      expect(essence(followed.list(10_000))).toEqual(essence(last))
      expect(essence(late.list(10_000))).toEqual(essence(last))
    }),
  )
})

test('idle time grows between samples, and the flow keeps its key', () => {
  const rows = new FlowRows()
  const store = new FlowStore()
  store.apply(rows.update([flow('a', { idleMs: 50 })], 0), 1_000)
  const [first] = store.list(1_000)
  expect(first).toMatchObject({ idleMs: 50, key: '1' })
  store.apply(rows.update([flow('a', { idleMs: 350 })], 300), 1_300)
  expect(store.list(1_300)[0]).toMatchObject({ idleMs: 350, key: '1' })
})
