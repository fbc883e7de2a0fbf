/** Carries out requests of another host for machines on this one. */
import type { Server } from 'node:net'
import type { Lock } from '../../host/flock.ts'
import { hostId } from '../../host/host-id.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { OnProgress } from '../../progress.ts'
import type { Operation } from '../../reconcile/plan.ts'
import { apiVersion } from '../../supervisor/api/api.ts'
import { toolVersion } from '../../version.ts'
import type { Environment } from '../environment/environment.ts'
import { leftMachines, ofOwners } from '../environment/left-machines.ts'
import { lockEnvironment } from '../environment/lock.ts'
import { isThere } from '../environment/require-environment.ts'
import { type Assessment, assess, narrowed } from '../plan/assess.ts'
import { machineFacts } from '../plan/machine-facts.ts'
import { refuseOnline } from '../plan/offline.ts'
import { destroyEnvironment } from '../run/destroy.ts'
import type { Effects } from '../run/effects.ts'
import type { Step } from '../run/execute.ts'
import { hostEffects } from '../run/host-effects.ts'
import { type KeptApply, keepApply, prepareApply } from '../run/kept-apply.ts'
import { stepsFor } from '../run/steps.ts'
import { stopAs } from '../run/stop.ts'
import { greetAt } from './forwarding.ts'
import { environmentThere, ownRecord, packageNotes, placeOf, ScratchDir } from './machine-there.ts'
import type { Replies, RequestName, Requests } from './protocol.ts'

type Handlers = {
  readonly [Name in RequestName]: (argument: Requests[Name], onProgress: OnProgress) => Promise<Replies[Name]>
}

interface Running {
  effects: Effects
  steps: ReturnType<typeof stepsFor>
  kept: KeptApply
}

export class Agent implements Disposable {
  readonly handlers: Handlers
  readonly #locks = new Map<string, Lock>()
  readonly #assessed = new Map<string, Assessment>()
  readonly #running = new Map<string, Running>()
  readonly #scratch = new ScratchDir()
  readonly #kill = new AbortController()
  #greeting: Promise<Server> | undefined

  /** @param status what `desktop status` shows of an environment */
  constructor(status: (environment: Environment) => Promise<Replies['status']>) {
    this.handlers = {
      hello: async () => ({ toolVersion, apiVersion, hostId: await hostId() }),
      lock: async ({ name, command, timeoutMs }, onProgress) => {
        const say = (message: string): void => onProgress({ step: 'lock', message })
        this.#locks.set(name, await lockEnvironment(await placeOf(name), { command, timeoutMs, say }))
        return null
      },
      unlock: async ({ name }) => {
        const lock = this.#locks.get(name)
        this.#locks.delete(name)
        await lock?.[Symbol.asyncDispose]()
        return null
      },
      assess: async (argument) => await this.#assess(argument),
      status: async ({ machine }) => await status(await environmentThere(machine, this.#scratch)),
      begin: async (argument) => await this.#begin(argument),
      step: async ({ name, operations }, onProgress) => await this.#step(name, operations, onProgress),
      event: async ({ name, event }) => {
        const timed = { sequence: 0, time: new Date().toISOString(), ...event }
        this.#running.get(name)?.kept.record(timed, () => `${JSON.stringify(timed)}\n`)
        return null
      },
      end: async ({ name, applied }) => {
        const running = this.#running.get(name)
        this.#running.delete(name)
        if (running === undefined) return null
        await using kept = running.kept
        const { result, totalMs: milliseconds } = applied
        await kept.end(
          {
            results: new Map(Object.entries(applied.results)),
            errors: applied.errors.map(({ id, message }) => ({ id, error: new Error(message) })),
            milliseconds: new Map(Object.entries(applied.milliseconds)),
          },
          { result, milliseconds, spec: await running.effects.vmSpec() },
        )
        return null
      },
      left: async ({ cluster, owners, kept }) => {
        const { machines, unreadable } = await leftMachines(cluster, ofOwners(owners), kept)
        return { names: machines.map(({ name }) => name), unreadable: [...unreadable] }
      },
      places: async ({ names }) =>
        Object.fromEntries(
          await Promise.all(
            names.map(async (name) => {
              const { control, docker } = (await placeOf(name)).sockets
              return [name, { control, docker }] as const
            }),
          ),
        ),
      probe: async () => {
        const socket = this.#scratch.path('greeting')
        this.#greeting ??= greetAt(socket)
        await this.#greeting
        return { socket }
      },
      stop: async ({ name, owners, how }) => {
        const paths = await ownPaths(name, owners)
        return paths === undefined ? null : await stopAs(how, { name, paths, current: undefined })
      },
      destroy: async ({ name, owners }) => {
        const paths = await ownPaths(name, owners)
        if (paths !== undefined) await destroyEnvironment(name, paths)
        return paths !== undefined
      },
    }
  }

  async #assess({ machine, only, offline }: Requests['assess']): Promise<Replies['assess']> {
    const whole = await assess(await environmentThere(machine, this.#scratch))
    const assessment = narrowed(whole, only)
    if (offline) await refuseOnline(assessment)
    this.#assessed.set(machine.desired.name, assessment)
    const { plan, violations, document } = assessment
    const { environmentId, bootId, observedHash } = document
    const notes = [...plan.notes, ...(await packageNotes(assessment))]
    return {
      plan: { ...plan, notes },
      violations,
      environmentId,
      bootId,
      observedHash,
      ...machineFacts(assessment),
    }
  }

  async #begin({ name, operations, offline, engineMs }: Requests['begin']): Promise<null> {
    const found = this.#assessed.get(name)
    if (found === undefined) throw new Error(`${name} was not planned in this session`)
    // With operations on its swarm node, which only the plan of all machines has.
    const assessment = { ...found, plan: { ...found.plan, operations } }
    const prepared = await prepareApply(assessment)
    if (operations.length === 0) return null
    const deadline = engineMs === null ? {} : { engineMs }
    const effects = hostEffects(assessment, { kill: this.#kill.signal, offline, ...deadline })
    const steps = stepsFor(assessment.target, effects, engineMs ?? undefined)
    this.#running.set(name, { effects, steps, kept: await keepApply(assessment, prepared) })
    return null
  }

  async #step(name: string, operations: readonly Operation[], onProgress: OnProgress): Promise<null> {
    const [first] = operations
    const steps: Readonly<Partial<Record<string, Step>>> = this.#running.get(name)?.steps.run ?? {}
    const step = steps[first?.kind ?? '']
    if (step === undefined) throw new Error(`${name} has no step ${first?.kind}`)
    await step(operations, onProgress)
    return null
  }

  /** Kills running programs. Locks stay held, because steps may still be running: the process must exit. */
  [Symbol.dispose](): void {
    this.#kill.abort()
    this.#greeting?.then(
      (server) => server.close(),
      () => {},
    )
    this.#scratch[Symbol.dispose]()
  }
}

/** undefined: there is no such environment. Throws `state/name-claimed` for one of another owner. */
async function ownPaths(name: string, owners: readonly string[]): Promise<EnvironmentPaths | undefined> {
  const paths = await placeOf(name)
  if (!(await isThere(paths))) return undefined
  await ownRecord(name, paths, owners)
  return paths
}
