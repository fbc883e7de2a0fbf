/**
 * Fails every file-system call of an apply, and of a destroy, once and in each possible way. The next run
 * repairs the result, user data is never lost, and nothing is left over.
 */
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import { lockEnvironment } from '../../../src/apply/environment/lock.ts'
import { readRecord } from '../../../src/apply/environment/record.ts'
import { latestGeneration } from '../../../src/apply/history/generation.ts'
import { readJournal } from '../../../src/apply/history/journal.ts'
import type { Outcome } from '../../../src/apply/history/outcome.ts'
import { applyPlan } from '../../../src/apply/run/apply.ts'
import { destroyEnvironment } from '../../../src/apply/run/destroy.ts'
import { ensureDisk } from '../../../src/apply/run/disk.ts'
import type { Effects } from '../../../src/apply/run/effects.ts'
import type { Desired } from '../../../src/config/desired.ts'
import { setContext } from '../../../src/engine/context.ts'
import { writeAtomic } from '../../../src/host/atomic-file.ts'
import { absent } from '../../../src/observation.ts'
import { readDisk } from '../../../src/observe/disk.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import { stateWriter } from '../../../src/supervisor/process/recorded-requests.ts'
import { assessmentIn, environmentOf, FakeWorld } from '../../support/apply/fake-world.ts'
import type { Faults } from '../../support/host/faults.ts'
import { aDesired, mapping } from '../../support/reconcile/world.ts'

const { faults } = vi.hoisted(() => ({ faults: { current: undefined as unknown as Faults } }))
vi.mock('node:fs/promises', async (original) => {
  const { Faults } = await import('../../support/host/faults.ts')
  faults.current = new Faults()
  return faults.current.wrap(await original())
})

const { faultKinds } = await import('../../support/host/faults.ts')

const desired: Desired = {
  ...aDesired,
  ports: [mapping('web', 8080, 80)],
  engine: { ...aDesired.engine, context: true },
}

let bin: string
/** A `qemu-img` that takes a few milliseconds, because it copies a prepared header. */
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'desktop-bin-'))
  const header = Buffer.alloc(512)
  header.writeUInt32BE(0x514649fb)
  header.writeBigUInt64BE(BigInt(desired.vm.diskBytes), 24)
  await writeFile(join(bin, 'header'), header)
  await writeFile(join(bin, 'qemu-img'), `#!/bin/sh\ncp ${join(bin, 'header')} "$5"\n`)
  await chmod(join(bin, 'qemu-img'), 0o755)
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
  vi.stubEnv('DOCKER_CONFIG', join(bin, 'docker'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(bin, { recursive: true })
})

interface Trial extends AsyncDisposable {
  world: FakeWorld
  environment: Environment
  apply(): Promise<Outcome>
}

const precious = 'what a container wrote'

async function newTrial(): Promise<Trial> {
  const world = new FakeWorld(desired)
  const environment = await environmentOf(desired)
  const { paths } = environment
  const effects: Effects = {
    ...world.effects,
    createDisk: async (bytes) => {
      await ensureDisk(paths.dataDisk, bytes)
      await world.effects.createDisk(bytes)
    },
    startVm: async (onProgress) => {
      await writeAtomic(paths.metadataIso, 'metadata')
      await world.effects.startVm(onProgress)
    },
    keepGoodDaemonJson: async (text) => {
      await writeAtomic(paths.lastGoodDaemonJson, text)
      await world.effects.keepGoodDaemonJson(text)
    },
    setContext: async (name, host) => {
      await setContext(name, host)
      await world.effects.setContext(name, host)
    },
  }
  return {
    world,
    environment,
    apply: async () => {
      await using _lock = await lockEnvironment(paths, { command: 'apply', timeoutMs: 0, say: () => {} })
      const disk = await readDisk(paths.dataDisk).catch(() => absent)
      world.observed = { ...world.observed, disk }
      return await applyPlan(await assessmentIn(world, environment), { effects, listeners: [] })
    },
    [Symbol.asyncDispose]: () => rm(dirname(environment.files[0]!), { recursive: true }),
  }
}

/** Number of calls in a run without faults. */
async function callsOf(run: (trial: Trial) => Promise<unknown>): Promise<number> {
  await using trial = await newTrial()
  faults.current.arm(-1, 'EIO')
  await run(trial)
  return faults.current.calls.length
}

async function filesBelow(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true })).map(String).sort()
}

describe.each(faultKinds)('%s', (kind) => {
  test('at any call of the first apply: the next one converges and nothing is lost', async () => {
    const calls = await callsOf((trial) => trial.apply())
    expect(calls).toBeGreaterThan(30)
    for (let at = 0; at < calls; at += 1) {
      await using trial = await newTrial()
      const { environment, world } = trial
      const { paths } = environment
      const file = await readFile(environment.files[0]!, 'utf8')
      faults.current.arm(at, kind)
      await trial.apply().catch(() => {})
      const where = `${kind} at ${faults.current.calls[at]} (call ${at})`
      faults.current.arm(-1, kind)
      const before = await readRecord(paths.record)
      const hadDisk = (await readDisk(paths.dataDisk).catch(() => absent)).state === 'present'
      if (hadDisk) await appendFile(paths.dataDisk, precious)
      const { result } = await trial.apply()
      expect(['applied', 'in-sync'], where).toContain(result)
      expect(reconcile(world.target, world.observed).operations, where).toEqual([])
      if (before !== undefined) expect(await readRecord(paths.record), where).toEqual(before)
      if (hadDisk) expect((await readFile(paths.dataDisk, 'latin1')).endsWith(precious), where).toBe(true)
      expect(await readFile(environment.files[0]!, 'utf8'), where).toBe(file)
      expect((await latestGeneration(paths.generationsDir))?.number, where).toBeGreaterThan(0)
      const { damaged } = await readJournal(paths.journal)
      expect(damaged, where).toBe(false)
      const left = (await filesBelow(paths.stateDir)).filter((name) => /\.tmp$|\.new$/.test(name))
      expect(left, where).toEqual([])
    }
  }, 120_000)

  test('at any call of a destroy: the next destroy leaves nothing', async () => {
    const destroy = ({ environment }: Trial): Promise<void> =>
      destroyEnvironment(desired.name, environment.paths)
    const prepared = async (trial: Trial): Promise<void> => {
      faults.current.arm(-1, kind)
      await trial.apply()
      faults.current.arm(-1, kind)
    }
    const calls = await callsOf(async (trial) => {
      await prepared(trial)
      await destroy(trial)
    })
    expect(calls).toBeGreaterThan(5)
    for (let at = 0; at < calls; at += 1) {
      await using trial = await newTrial()
      await prepared(trial)
      faults.current.arm(at, kind)
      await destroy(trial).catch(() => {})
      const where = `${kind} at ${faults.current.calls[at]} (call ${at})`
      faults.current.arm(-1, kind)
      await destroy(trial)
      await expect(readdir(trial.environment.paths.stateDir), where).rejects.toMatchObject({ code: 'ENOENT' })
    }
  }, 120_000)

  test('at any call that records the requests of the supervisor: the file is the old one or the new one', async () => {
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    for (let at = 0; ; at += 1) {
      const dir = await mkdtemp(join(tmpdir(), 'desktop-state-'))
      const path = join(dir, 'supervisor.json')
      faults.current.arm(-1, kind)
      using writer = stateWriter(path, log)
      await writer.save({ ports: [] })
      faults.current.arm(at, kind)
      const failed = await writer.save({ ports: [mapping('web', 8080, 80)] }).then(
        () => false,
        () => true,
      )
      const reached = faults.current.calls.length > at
      faults.current.arm(-1, kind)
      const text = await readFile(path, 'utf8')
      const { ports } = JSON.parse(text) as { ports: unknown[] }
      if (!failed) expect(ports).toHaveLength(1)
      await rm(dir, { recursive: true })
      if (!reached) return
    }
  })
})

test('a disk that was full when the state should be kept has it once there is room', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-state-'))
  const path = join(dir, 'supervisor.json')
  const warnings: string[] = []
  using writer = stateWriter(path, {
    info: () => {},
    warn: (_what, message) => warnings.push(message),
    error: () => {},
  })
  faults.current.arm(1, 'ENOSPC')
  await expect(writer.save({ ports: [mapping('web', 8080, 80)] })).rejects.toMatchObject({
    code: 'host/no-space',
  })
  await vi.waitFor(() => readFile(path), { timeout: 10_000 })
  expect(warnings).toHaveLength(1)
  await rm(dir, { recursive: true })
}, 20_000)

test.each(['file appendFile', 'file writeFile'])(
  'an apply for whose journal or generation there is no room (%s) says so before anything changes',
  async (call) => {
    await using trial = await newTrial()
    await trial.apply()
    trial.world.observed = { ...trial.world.observed, context: absent }
    trial.world.calls.length = 0
    faults.current.arm(call, 'ENOSPC')
    const hint = expect.stringContaining('Free some space')
    await expect(trial.apply()).rejects.toMatchObject({ code: 'host/no-space', hint })
    expect(trial.world.calls).toEqual([])
  },
)
