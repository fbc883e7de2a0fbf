import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ApplyEvent, eventStream } from '../../../src/apply/run/events.ts'
import {
  type Executed,
  execute,
  PartialFailure,
  type Step,
  type Steps,
} from '../../../src/apply/run/execute.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import type { Operation, OperationId, OperationKind } from '../../../src/reconcile/plan.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'

const op = (id: string, after: readonly string[] = [], kind: OperationKind = 'dns/set'): Operation =>
  operation({ id: id as OperationId, kind, subject: id, causes: [], after: after as OperationId[] })

/** The same step handles every kind. */
function stepsOf(step: Step, batch: Steps['batch'] = {}): Steps {
  return { run: new Proxy({} as Steps['run'], { get: () => step }), batch }
}

interface Ran extends Executed {
  events: ApplyEvent[]
}

async function ran(
  operations: Operation[],
  steps: Steps,
  options: { stop?: AbortSignal; parallelism?: number } = {},
): Promise<Ran> {
  const events: ApplyEvent[] = []
  const emit = eventStream(() => new Date(0), [(event) => events.push(event)])
  return { ...(await execute(operations, steps, { emit, clock: () => 0, ...options })), events }
}

const fail = (): Promise<never> => Promise.reject(new DesktopError('internal/bug', 'broken'))

/** Random graphs: an operation depends only on earlier ones. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((rows) =>
    rows.map((waits, i) => op(`${i}`, i === 0 ? [] : [...new Set(waits.map((wait) => `${wait % i}`))])),
  )

describe('walking the graph', () => {
  test('every operation starts after all that it waits for are done', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 5 }), async (operations, parallelism) => {
        const done = new Set<string>()
        const step: Step = async ([first]) => {
          expect(first!.after.every((id) => done.has(id))).toBe(true)
          await Promise.resolve()
          done.add(first!.id)
        }
        const { results } = await ran(operations, stepsOf(step), { parallelism })
        expect([...results.values()].every((result) => result === 'done')).toBe(true)
        expect(results.size).toBe(operations.length)
      }),
      { numRuns: 100 },
    )
  })

  test('a failure at any operation skips exactly what waits for it, and all else is done', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), async (operations, pick) => {
        const broken = operations[pick % operations.length]!.id
        const { results } = await ran(
          operations,
          stepsOf(async ([first]) => (first!.id === broken ? fail() : undefined)),
        )
        const lost = new Set([broken])
        for (const { id, after } of operations) if (after.some((wait) => lost.has(wait))) lost.add(id)
        for (const { id } of operations) {
          expect(results.get(id)).toBe(id === broken ? 'failed' : lost.has(id) ? 'skipped' : 'done')
        }
      }),
      { numRuns: 100 },
    )
  })

  test('no more steps run at a time than asked for', async () => {
    let running = 0
    let most = 0
    const step: Step = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    }
    await ran(
      Array.from({ length: 20 }, (_, i) => op(`${i}`)),
      stepsOf(step),
      { parallelism: 3 },
    )
    expect(most).toBe(3)
  })

  test('operations that wait for each other are refused instead of waited for', async () => {
    await expect(
      ran(
        [op('a', ['b']), op('b', ['a'])],
        stepsOf(async () => {}),
      ),
    ).rejects.toThrow('wait for each other')
  })
})

describe('batches', () => {
  const kinds = { 'ports/listen': 'ports', 'ports/close': 'ports' } as const
  const ports = [
    op('start', [], 'supervisor/start'),
    op('a', ['start'], 'ports/listen'),
    op('b', [], 'ports/close'),
  ]

  test('a batch is one call, made when its last member may run', async () => {
    const calls: string[][] = []
    const step: Step = async (group) => {
      calls.push(group.map(({ id }) => id))
    }
    await ran(ports, stepsOf(step, kinds))
    expect(calls).toEqual([['start'], ['a', 'b']])
  })

  test('a batch that fails in part fails only the members named', async () => {
    const step: Step = async (group) => {
      if (group.length > 1) throw new PartialFailure(new Map([['a', new Error('in use')]]))
    }
    const { results, errors } = await ran(ports, stepsOf(step, kinds))
    expect(Object.fromEntries(results)).toEqual({ start: 'done', a: 'failed', b: 'done' })
    expect(errors.map(({ id }) => id)).toEqual(['a'])
  })

  test('a batch whose member lost what it waits for still does the others', async () => {
    const { results } = await ran(
      ports,
      stepsOf(async ([first]) => (first!.subject === 'start' ? fail() : undefined), kinds),
    )
    expect(Object.fromEntries(results)).toEqual({ start: 'failed', a: 'skipped', b: 'done' })
  })
})

describe('being asked to stop', () => {
  test('the step that runs ends, and nothing more starts', async () => {
    const stop = new AbortController()
    const gate = Promise.withResolvers<void>()
    const running = ran(
      [op('a'), op('b', ['a']), op('c')],
      stepsOf(async () => {
        stop.abort()
        await gate.promise
      }),
      { stop: stop.signal, parallelism: 1 },
    )
    gate.resolve()
    const { results } = await running
    expect(Object.fromEntries(results)).toEqual({ a: 'done', b: 'skipped', c: 'skipped' })
  })
})

describe('the event stream', () => {
  test('numbers events without gaps and ends each operation that it began exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), async (operations, pick) => {
        const broken = operations[pick % operations.length]!.id
        const { events } = await ran(
          operations,
          stepsOf(async ([first]) => (first!.id === broken ? fail() : undefined)),
        )
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
        for (const { id } of operations) {
          const phases = events.flatMap((event) =>
            event.event === 'operation' && event.id === id ? [event.phase] : [],
          )
          expect([['started', 'done'], ['started', 'failed'], ['skipped']]).toContainEqual(phases)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('a step reports its progress under the id of its operation', async () => {
    const { events } = await ran(
      [op('a')],
      stepsOf(async (_group, onProgress) => onProgress({ step: 'x', message: 'half', done: 1, total: 2 })),
    )
    expect(events[1]).toMatchObject({
      event: 'progress',
      id: 'a',
      step: 'x',
      message: 'half',
      done: 1,
      total: 2,
    })
  })
})
