/** Carries out the operations of one machine, on its host, and records them there as a single machine's apply would. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { Operation } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import { rememberFile } from '../environment/known-hosts.ts'
import { ownerOf } from '../environment/owner.ts'
import type { Generation } from '../history/generation.ts'
import type { Assessment } from '../plan/assess.ts'
import type { HostSession } from '../remote/session.ts'
import type { Effects } from '../run/effects.ts'
import type { ApplyEvent } from '../run/events.ts'
import type { Executed, Step } from '../run/execute.ts'
import { keepApply, prepareApply } from '../run/kept-apply.ts'
import { stepsFor } from '../run/steps.ts'

export interface Runner extends AsyncDisposable {
  /** Operations of this machine, under the ids of its own plan. */
  operations: readonly Operation[]
  step: Step
  /** Writes an event to the machine's journal. */
  record(event: ApplyEvent): void
  end(
    executed: Executed,
    ended: { result: Exclude<Generation['result'], undefined>; milliseconds: number },
  ): Promise<void>
}

/** @param assessment with operations on the machine's swarm node */
export async function runnerHere(
  assessment: Assessment,
  effects: Effects,
  engineMs?: number,
): Promise<Runner> {
  const { operations } = assessment.plan
  const prepared = await prepareApply(assessment)
  const steps = stepsFor(assessment.target, effects, engineMs)
  const kept = operations.length === 0 ? undefined : await keepApply(assessment, prepared)
  return {
    operations,
    step: async (group, onProgress) => {
      const [first] = group
      const step: Step | undefined = steps.run[first?.kind as keyof typeof steps.run]
      if (step === undefined) throw new Error(`${first?.id}: there is no such step`)
      await step(group, onProgress)
    },
    record: (event) => kept?.record(event, () => `${JSON.stringify(event)}\n`),
    end: async (executed, ended) => await kept?.end(executed, { ...ended, spec: await effects.vmSpec() }),
    [Symbol.asyncDispose]: async () => await kept?.[Symbol.asyncDispose](),
  }
}

interface ThereOptions {
  offline: boolean
  engineMs?: number
}

export async function runnerThere(
  session: HostSession,
  name: string,
  operations: readonly Operation[],
  { offline, engineMs }: ThereOptions,
): Promise<Runner> {
  try {
    await session.call('begin', { name, operations, offline, engineMs: engineMs ?? null })
  } catch (error) {
    // A host that was lost since the plan fails its own operations only.
    if (isLost(error)) return lost(operations, error)
    throw error
  }
  return {
    operations,
    step: async (group, onProgress) => {
      await session.call('step', { name, operations: group }, onProgress)
    },
    // A lost connection fails the step, and the other host reports the interruption.
    record: (event) => {
      if (event.event === 'operation') void session.call('event', { name, event }).catch(() => {})
    },
    end: async ({ results, errors, milliseconds }, { result, milliseconds: totalMs }) => {
      const applied = {
        results: Object.fromEntries(results),
        errors: errors.map(({ id, error }) => ({ id, message: messageOf(error) })),
        milliseconds: Object.fromEntries(milliseconds),
        result,
        totalMs,
      }
      await session.call('end', { name, applied }).catch((error: unknown) => {
        // The other host reports the interruption.
        if (!isLost(error)) throw error
      })
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

const isLost = (error: unknown): error is DesktopError =>
  error instanceof DesktopError && error.code === 'hosts/unreachable'

const lost = (operations: readonly Operation[], error: DesktopError): Runner => ({
  operations,
  step: () => Promise.reject(error),
  record: () => {},
  end: async () => {},
  [Symbol.asyncDispose]: async () => {},
})

/** Records, before its first operation, that the file has machines on that host. */
export async function rememberOwner(
  { file, desired, host }: Environment,
  { hostId }: Pick<HostSession, 'hostId'>,
): Promise<void> {
  const cluster = desired.machine?.cluster
  if (file === undefined || cluster === undefined || host === undefined) return
  await rememberFile(host, { cluster, owner: await ownerOf(file), file, hostId })
}
