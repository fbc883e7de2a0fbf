import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import { readRecord } from '../../../src/apply/environment/record.ts'
import { latestGeneration } from '../../../src/apply/history/generation.ts'
import { readJournal } from '../../../src/apply/history/journal.ts'
import type { Outcome } from '../../../src/apply/history/outcome.ts'
import { settleInterrupted } from '../../../src/apply/history/settle-interrupted.ts'
import { applyPlan } from '../../../src/apply/run/apply.ts'
import type { ApplyEvent } from '../../../src/apply/run/events.ts'
import type { Desired } from '../../../src/config/desired.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import { assessmentIn, environmentOf, FakeWorld } from '../../support/apply/fake-world.ts'
import { inSyncWith } from '../../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../../support/reconcile/world.ts'

const full: Desired = {
  ...aDesired,
  ports: [mapping('web', 8080, 80), mapping('db', 5432)],
  engine: { ...aDesired.engine, context: true },
}
const made: Environment[] = []
afterEach(async () => {
  for (const { files } of made.splice(0)) await rm(dirname(files[0]!), { recursive: true })
})

async function newEnvironment(desired: Desired): Promise<Environment> {
  const environment = await environmentOf(desired)
  made.push(environment)
  return environment
}

interface Applied {
  outcome: Outcome
  events: ApplyEvent[]
}

async function applied(world: FakeWorld, environment: Environment, stop?: AbortSignal): Promise<Applied> {
  const events: ApplyEvent[] = []
  const outcome = await applyPlan(await assessmentIn(world, environment), {
    effects: world.effects,
    listeners: [(event) => events.push(event)],
    ...(stop === undefined ? {} : { stop }),
  })
  return { outcome, events }
}

const left = (world: FakeWorld): string[] =>
  reconcile(world.target, world.observed).operations.map(({ id }) => id)

describe('applying to a bare host', () => {
  test('does everything once and leaves nothing to do', async () => {
    const world = new FakeWorld(full)
    const { outcome } = await applied(world, await newEnvironment(full))
    expect(outcome.result).toBe('applied')
    expect(left(world)).toEqual([])
    expect(new Set(world.calls).size).toBe(world.calls.length)
    expect(world.calls.filter((call) => call === 'set ports')).toHaveLength(1)
  })

  test('the second apply calls nothing and keeps no generation', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    await applied(world, environment)
    world.calls.length = 0
    const { outcome, events } = await applied(world, environment)
    expect(world.calls).toEqual([])
    expect(outcome).toMatchObject({ result: 'in-sync', generation: undefined })
    expect(events.map(({ event }) => event)).toEqual(['plan', 'result'])
    expect((await latestGeneration(environment.paths.generationsDir))?.number).toBe(1)
  })

  test('the identity of the environment outlives an apply', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    await applied(world, environment)
    const first = await readRecord(environment.paths.record)
    world.observed = { ...world.observed, vm: { state: 'absent' } }
    await applied(world, environment)
    expect(await readRecord(environment.paths.record)).toEqual(first)
  })
})

describe('a failure', () => {
  const calls = 16

  test.each(
    Array.from({ length: calls }, (_, call) => [call, 'early'] as const).flatMap(([call]) => [
      [call, 'early'] as const,
      [call, 'late'] as const,
    ]),
  )('of call %i, %s: the next apply converges, and nothing is lost', async (call, when) => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    world.failure = { call, when }
    const { outcome } = await applied(world, environment)
    expect(outcome.result).toBe(world.failure.call < 0 ? 'incomplete' : 'applied')
    world.failure = undefined
    await applied(world, environment)
    expect(left(world)).toEqual([])
    expect(world.calls).not.toContain('recreate disk')
    expect(world.calls.filter((name) => name === 'create disk').length).toBeLessThanOrEqual(2)
  })

  test('is counted, kept with its message, and does not stop what does not wait for it', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    const failing = { ...world.effects, buildImage: () => Promise.reject(new Error('mirror is gone')) }
    const outcome = await applyPlan(await assessmentIn(world, environment), {
      effects: failing,
      listeners: [],
    })
    expect(outcome).toMatchObject({ result: 'incomplete', counts: { failed: 1, skipped: 2 } })
    expect(world.calls).toContain('set ports')
    const kept = await latestGeneration(environment.paths.generationsDir)
    expect(kept?.operations.find(({ id }) => id === 'image/build')).toMatchObject({
      result: 'failed',
      error: 'mirror is gone',
    })
  })
})

describe('being interrupted', () => {
  test('ends with that result and skips the rest, and the next apply continues', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    const stop = new AbortController()
    stop.abort()
    const { outcome } = await applied(world, environment, stop.signal)
    expect(outcome.result).toBe('interrupted')
    expect(world.calls).toEqual([])
    await applied(world, environment)
    expect(left(world)).toEqual([])
  })
})

describe('the record of an apply', () => {
  test.each([
    ['with the text of compose files', undefined, 'x: http://xxxxx:xxxxx@host\n'],
    [
      'without them for a rollback, which deploys none',
      { generation: 1, config: {}, imageDigest: undefined },
      undefined,
    ],
  ])('a generation of a machine is kept %s', async (_, kept, expected) => {
    const machine = { name: 'm.1', kind: 'm', alike: 1, cluster: 'dev', peers: [] }
    const environment = await newEnvironment(full)
    const [file = ''] = environment.files
    const compose = join(dirname(file), 'stack.yaml')
    await writeFile(compose, 'x: http://me:secret@host\n')
    const desired = { ...full, machine: { ...machine, stacks: [{ name: 'lab', file: compose }] } }
    await applied(new FakeWorld(full), { ...environment, desired, file, ...(kept && { kept }) })
    const generation = await latestGeneration(environment.paths.generationsDir)
    expect(generation?.stacks?.[compose]).toBe(expected)
    expect(generation?.stacks === undefined).toBe(expected === undefined)
  })

  test('a whole apply leaves no operation open in the journal', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    await applied(world, environment)
    expect(await readJournal(environment.paths.journal)).toMatchObject({
      generation: 1,
      interrupted: [],
      damaged: false,
    })
  })

  test('a journal that ends in the middle, even of a line, names the interrupted step', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    await applied(world, environment)
    const { writeFile } = await import('node:fs/promises')
    const text = await readFile(environment.paths.journal, 'utf8')
    const begun = text.indexOf('"started"')
    await writeFile(environment.paths.journal, text.slice(0, text.indexOf('\n', begun) + 20))
    const { interrupted, damaged } = await readJournal(environment.paths.journal)
    expect(interrupted.length).toBeGreaterThan(0)
    expect(damaged).toBe(false)
  })

  test('a killed apply is in the history, with its finished steps and the uncertain one', async () => {
    const world = new FakeWorld(full)
    const environment = await newEnvironment(full)
    const { journal, generationsDir } = environment.paths
    const killed = Promise.withResolvers<never>()
    killed.promise.catch(() => {})
    const assessment = await assessmentIn(world, environment)
    const begun = Promise.withResolvers<void>()
    const effects = {
      ...world.effects,
      buildImage: () => {
        begun.resolve()
        return killed.promise
      },
    }
    void applyPlan(assessment, { effects, listeners: [] }).catch(() => {})
    await begun.promise
    // A killed process leaves the draft, and a journal in which the build has no end.
    await vi.waitFor(async () => expect((await readJournal(journal)).interrupted).toContain('image/build'))
    expect((await latestGeneration(generationsDir))?.result).toBe('interrupted')
    await settleInterrupted(environment.paths)
    const results = new Map((await latestGeneration(generationsDir))?.operations.map((o) => [o.id, o.result]))
    expect(results.get('packages/install')).toBe('done')
    expect(results.get('image/build')).toBe('unknown')
    expect(results.get('vm/start')).toBe('skipped')
  })

  test('a record that cannot be understood is an error, not a new environment', async () => {
    const environment = await newEnvironment(full)
    await applied(new FakeWorld(full), environment)
    const { writeFile } = await import('node:fs/promises')
    await writeFile(environment.paths.record, '{"format":')
    await expect(readRecord(environment.paths.record)).rejects.toMatchObject({ code: 'state/unreadable' })
  })
})

describe('less disruptive than a restart', () => {
  test('a changed label reloads the engine and touches nothing else', async () => {
    const world = new FakeWorld({ ...full, engine: { ...full.engine, daemon: { labels: ['a=b'] } } })
    world.observed = inSyncWith(targetOf({ ...full, engine: { ...full.engine, daemon: { labels: [] } } }))
    await applied(world, await newEnvironment(full))
    expect(world.calls).toEqual(['take daemon.json', 'keep daemon.json'])
  })

  test('a larger disk is grown and the VM keeps running', async () => {
    const world = new FakeWorld({ ...full, vm: { ...full.vm, diskBytes: 40 * GiB } })
    world.observed = inSyncWith(targetOf(full))
    await applied(world, await newEnvironment(full))
    expect(world.calls).toEqual(['grow disk'])
  })
})
