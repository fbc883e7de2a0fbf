import { expect, test } from 'vitest'
import { boundary } from '../../../src/supervisor/process/boundary.ts'

function harness(): { events: string[]; caught: ReturnType<typeof boundary>; time: { now: number } } {
  const events: string[] = []
  const time = { now: 0 }
  const log = { info: () => {}, warn: () => {}, error: (_what: object, text: string) => events.push(text) }
  const caught = boundary(
    { log, recover: () => events.push('recovered'), exit: (code) => events.push(`exit ${code}`) },
    () => time.now,
  )
  return { events, caught, time }
}

test('an exception that nobody caught is logged, and events are handled again', () => {
  const { events, caught } = harness()
  caught(new Error('once'), 'exception')
  caught(undefined, 'rejection')
  expect(events.filter((event) => event === 'recovered')).toHaveLength(2)
  expect(events.filter((event) => event.startsWith('exit'))).toEqual([])
})

test('a storm of exceptions ends the process, and the same number over a long time does not', () => {
  const slow = harness()
  for (let i = 0; i < 500; i += 1) {
    slow.time.now += 1_000
    slow.caught(new Error('now and then'), 'exception')
  }
  expect(slow.events.some((event) => event.startsWith('exit'))).toBe(false)
  const { events, caught, time } = harness()
  for (let i = 0; i < 100 && !events.includes('exit 1'); i += 1) {
    time.now += 10
    caught(new Error('again'), 'exception')
  }
  expect(events).toContain('exit 1')
})
