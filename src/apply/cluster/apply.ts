/** Applies the plan of several machines, and records for each the same as its own apply would. */
import type { Operation, OperationId } from '../../reconcile/plan.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { Outcome } from '../history/outcome.ts'
import type { Assessment } from '../plan/assess.ts'
import { resultOf } from '../run/apply.ts'
import { destroyEnvironment } from '../run/destroy.ts'
import type { Effects } from '../run/effects.ts'
import { type ApplyEvent, type ApplyListener, eventStream } from '../run/events.ts'
import { type Executed, execute, named, type Step, type Steps } from '../run/execute.ts'
import { type KeptApply, keepApply, prepareApply } from '../run/kept-apply.ts'
import { stepsFor } from '../run/steps.ts'
import type { ClusterAssessment } from './assess.ts'
import { stackBatch, stackSteps } from './stack/steps.ts'
import { machineName } from './swarm.ts'
import { swarmSteps } from './swarm-steps.ts'

export interface ClusterApplyOptions {
  effectsOf: (assessment: Assessment) => Effects
  listeners: readonly ApplyListener[]
  stop?: AbortSignal
  parallelism?: number
  /** Deadline of each engine's start. */
  engineMs?: number
}

interface Machine {
  assessment: Assessment
  effects: Effects
  steps: ReturnType<typeof stepsFor>
  /** Undefined if the machine has no changes. */
  kept: KeptApply | undefined
}

/** The caller holds the locks of all machines and has asked for consent to data loss. */
export async function applyCluster(
  { machines: assessments, removed, plan, stacks }: ClusterAssessment,
  { effectsOf, listeners, stop, parallelism, engineMs }: ClusterApplyOptions,
): Promise<Outcome> {
  const began = performance.now()
  await using over = new AsyncDisposableStack()
  const machines = new Map<string, Machine>()
  for (const own of assessments) {
    const assessment = withOwnNodes(own, plan.operations)
    const changes = assessment.plan.operations.length > 0
    const prepared = await prepareApply(assessment)
    const effects = effectsOf(assessment)
    machines.set(machineName(assessment.environment), {
      assessment,
      effects,
      steps: stepsFor(assessment.target, effects, engineMs),
      kept: changes ? over.use(await keepApply(assessment, prepared)) : undefined,
    })
  }
  const journals = [...machines].flatMap(([machine, { kept }]) => (kept ? [ownEvents(machine, kept)] : []))
  const emit = eventStream(() => new Date(), [...journals, ...listeners])
  emit({ event: 'plan', plan })
  const notices: string[] = []
  const remove: Step = async (operations) => {
    for (const { machine } of operations) {
      const left = removed.find((one) => one.machine === machine)
      if (left !== undefined) await destroyEnvironment(left.name, left.paths)
    }
  }
  const environments = assessments.map(({ environment }) => environment)
  const ofSwarm = { ...swarmSteps(environments), ...stackSteps(environments, stacks) }
  const steps = clusterSteps(machines, remove, ofSwarm)
  const executed = await execute(plan.operations, steps, {
    emit: (body) => {
      if (body.event === 'progress' && body.notice === true)
        notices.push(`${body.id.split('/')[0]}: ${body.message}`)
      emit(body)
    },
    clock: () => performance.now(),
    ...(stop === undefined ? {} : { stop }),
    ...(parallelism === undefined ? {} : { parallelism }),
  })
  const milliseconds = Math.round(performance.now() - began)
  for (const [machine, { assessment, effects, kept }] of machines) {
    const own = ownResults(machine, assessment.plan.operations, executed)
    const { result } = resultOf(own, assessment.plan.operations.length, stop)
    await kept?.end(own, { result, milliseconds, spec: await effects.vmSpec() })
  }
  const outcome: Outcome = {
    ...(plan.operations.length === 0
      ? { result: 'in-sync', counts: { done: 0, failed: 0, skipped: 0, unknown: 0 } }
      : resultOf(executed, plan.operations.length, stop)),
    generation: undefined,
    notices:
      plan.operations.length > 0
        ? notices
        : plan.notes.flatMap(({ drift, about, message }) => (drift === true ? [`${about}: ${message}`] : [])),
    dockerHost: dockerHost(assessments[0]?.target.dockerSocket ?? ''),
  }
  emit({ event: 'result', outcome })
  return outcome
}

const ownId = (machine: string, id: string): OperationId | undefined =>
  id.startsWith(`${machine}/`) ? (id.slice(machine.length + 1) as OperationId) : undefined

/** Removes the machine's name, as the machine's steps expect. */
const unnamed = (machine: string, operation: Operation): Operation => ({
  ...operation,
  id: ownId(machine, operation.id) ?? operation.id,
  after: operation.after.map((id) => ownId(machine, id) ?? id),
})

/** Adds operations on the machine's swarm node and on stacks, which only the plan of all machines has. */
function withOwnNodes(assessment: Assessment, operations: readonly Operation[]): Assessment {
  const machine = machineName(assessment.environment)
  const own = operations.filter((one) => one.machine === machine && /^(swarm|stack)\//.test(one.kind))
  if (own.length === 0) return assessment
  const { plan } = assessment
  const all = [...plan.operations, ...own.map((one) => unnamed(machine, one))]
  return { ...assessment, plan: { ...plan, operations: all } }
}

/** Maps each operation to the steps of its machine. */
function clusterSteps(machines: ReadonlyMap<string, Machine>, remove: Step, swarm: Steps['run']): Steps {
  const kinds = new Map(
    [...machines.values()].flatMap(({ steps }) => Object.keys(steps.run)).map((kind) => [kind, route]),
  )
  async function route(...[operations, onProgress]: Parameters<Step>): Promise<void> {
    const [first] = operations
    const machine = first?.machine ?? ''
    const step = first === undefined ? undefined : machines.get(machine)?.steps.run[first.kind as never]
    if (step === undefined) throw new Error(`${first?.id}: there is no such step`)
    await (step as Step)(
      operations.map((one) => unnamed(machine, one)),
      onProgress,
    ).catch((error: unknown) => {
      throw named(machine, error)
    })
  }
  const batch = { ...[...machines.values()][0]?.steps.batch, ...stackBatch }
  return { run: { ...Object.fromEntries(kinds), 'machine/remove': remove, ...swarm }, batch }
}

/** The journal of a machine contains only its own operations, under the names of a single-machine apply. */
function ownEvents(machine: string, { record }: KeptApply): ApplyListener {
  return (event, line) => {
    if (!('id' in event)) return record(event, line)
    const id = ownId(machine, event.id)
    if (id === undefined) return
    const own: ApplyEvent = { ...event, id }
    record(own, () => `${JSON.stringify(own)}\n`)
  }
}

/** The result of an operation done for all machines counts for each machine whose plan has it. */
function ownResults(
  machine: string,
  operations: readonly Operation[],
  { results, errors, milliseconds }: Executed,
): Executed {
  const doneAs = (id: string): string =>
    results.has(`${machine}/${id}`)
      ? `${machine}/${id}`
      : ([...results.keys()].find((other) => other.slice(other.indexOf('/') + 1) === id) ?? '')
  const own = <T>(all: ReadonlyMap<string, T>): Map<string, T> =>
    new Map(
      operations.flatMap(({ id }) => {
        const value = all.get(doneAs(id))
        return value === undefined ? [] : [[id, value] as const]
      }),
    )
  return {
    results: own(results),
    errors: errors.flatMap(({ id, error }) => {
      const short = ownId(machine, id)
      return short === undefined ? [] : [{ id: short, error }]
    }),
    milliseconds: own(milliseconds),
  }
}
