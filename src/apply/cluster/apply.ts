/** Applies the plan of several machines, and records for each the same as its own apply would. */
import { isMachineOperation, type Operation, type OperationId, type Plan } from '../../reconcile/plan.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { Outcome } from '../history/outcome.ts'
import type { Assessment } from '../plan/assess.ts'
import { invalidReply } from '../remote/messages.ts'
import { resultOf } from '../run/apply.ts'
import type { Effects } from '../run/effects.ts'
import { type ApplyListener, eventStream } from '../run/events.ts'
import { type Executed, execute, named, type Step, type Steps } from '../run/execute.ts'
import { machineBatches } from '../run/steps.ts'
import type { ClusterAssessment } from './assess.ts'
import type { ClusterMachine } from './machine.ts'
import { type Runner, rememberOwner, runnerHere, runnerThere } from './runner.ts'
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
  /** Disables downloads on other hosts; here `effectsOf` does. */
  offline?: boolean
}

/** The caller holds the locks of all machines and has asked for consent to data loss. */
export async function applyCluster(
  { machines, unknown, removed, plan, stacks }: ClusterAssessment,
  options: ClusterApplyOptions,
): Promise<Outcome> {
  const { listeners, stop, parallelism } = options
  const began = performance.now()
  await using over = new AsyncDisposableStack()
  const runners = new Map<string, Runner>()
  for (const machine of machines)
    runners.set(machineName(machine.environment), over.use(await runnerOf(machine, plan.operations, options)))
  const journals = [...runners].map(([machine, runner]) => ownEvents(machine, runner))
  const emit = eventStream(() => new Date(), [...journals, ...listeners])
  emit({ event: 'plan', plan })
  const notices: string[] = []
  const remove: Step = async (operations, onProgress) => {
    const machines = new Set(operations.map(({ machine }) => machine))
    const say = (message: string): void => onProgress({ step: 'lock', message })
    for (const one of removed) if (machines.has(one.machine)) await one.remove(say)
  }
  const environments = machines.map(({ environment }) => environment)
  const ofSwarm = { ...swarmSteps(environments), ...stackSteps(environments, stacks) }
  const steps = clusterSteps(plan.operations, runners, remove, ofSwarm)
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
  const ended = await Promise.allSettled(
    [...runners].map(async ([machine, runner]) => {
      const place = { machine, neighbours: neighboursOf(machine, machines) }
      const own = ownResults(place, runner.operations, executed)
      const { result } = resultOf(own, runner.operations.length, stop)
      await runner.end(own, { result, milliseconds })
    }),
  )
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  const outcome: Outcome = {
    ...outcomeOf(executed, plan.operations.length, { stop, isWhole: unknown.length === 0 }),
    generation: undefined,
    notices: [...notices, ...driftNotices(plan)],
    dockerHost: dockerHost(environments[0]?.dockerSocket ?? ''),
  }
  emit({ event: 'result', outcome })
  return outcome
}

/** Without the machines of an unreachable host, an apply is incomplete. */
function outcomeOf(
  executed: Executed,
  planned: number,
  { stop, isWhole }: { stop: AbortSignal | undefined; isWhole: boolean },
): Pick<Outcome, 'result' | 'counts'> {
  const { result, counts } = resultOf(executed, planned, stop)
  if (result !== 'applied') return { result, counts }
  if (!isWhole) return { result: 'incomplete', counts }
  return { result: planned === 0 ? 'in-sync' : 'applied', counts }
}

/** Drift that no operation repaired; after other operations, only that of hosts. */
const driftNotices = ({ operations, notes }: Plan): string[] =>
  notes
    .filter(({ drift, about }) => drift === true && (operations.length === 0 || about.startsWith('hosts')))
    .map(({ about, message }) => `${about}: ${message}`)

async function runnerOf(
  { at, plan, environment }: ClusterMachine,
  operations: readonly Operation[],
  { effectsOf, engineMs, offline = false }: ClusterApplyOptions,
): Promise<Runner> {
  const machine = machineName(environment)
  refuseForeign(machine, plan, at)
  // Only the plan of all machines has operations on the machine's swarm node and on stacks.
  const ofNode = operations.filter((one) => one.machine === machine && /^(swarm|stack)\//.test(one.kind))
  const all = [...plan.operations, ...ofNode.map((one) => unnamed(machine, one))]
  if (at.kind === 'there') {
    const deadline = engineMs === undefined ? {} : { engineMs }
    await rememberOwner(environment, at.session)
    return await runnerThere(at.session, environment.desired.name, all, { offline, ...deadline })
  }
  const whole = { ...at.assessment, plan: { ...at.assessment.plan, operations: all } }
  return await runnerHere(whole, effectsOf(whole), engineMs)
}

/** Steps of other kinds act on the swarm and on other machines, and are not planned by the machine's host. */
function refuseForeign(machine: string, { operations }: Plan, at: ClusterMachine['at']): void {
  const foreign = operations.find((one) => !isMachineOperation(one))
  if (foreign === undefined) return
  const what = `plans ${foreign.kind} for ${machine}`
  throw at.kind === 'there' ? invalidReply(at.session.host, what) : new Error(what)
}

const ownId = (machine: string, id: string): OperationId | undefined =>
  id.startsWith(`${machine}/`) ? (id.slice(machine.length + 1) as OperationId) : undefined

/** Removes the machine's name, as the machine's steps expect. */
const unnamed = (machine: string, operation: Operation): Operation => ({
  ...operation,
  id: ownId(machine, operation.id) ?? operation.id,
  after: operation.after.map((id) => ownId(machine, id) ?? id),
})

/** Maps each operation to its machine. */
function clusterSteps(
  operations: readonly Operation[],
  runners: ReadonlyMap<string, Runner>,
  remove: Step,
  swarm: Steps['run'],
): Steps {
  async function route(...[group, onProgress]: Parameters<Step>): Promise<void> {
    const machine = group[0]?.machine ?? ''
    const runner = runners.get(machine)
    if (runner === undefined) throw new Error(`${group[0]?.id}: there is no such machine`)
    const own = group.map((one) => unnamed(machine, one))
    await runner.step(own, onProgress).catch((error: unknown) => {
      throw named(machine, error)
    })
  }
  const kinds = Object.fromEntries(operations.filter(isMachineOperation).map(({ kind }) => [kind, route]))
  return {
    run: { ...kinds, 'machine/remove': remove, ...swarm },
    batch: { ...machineBatches, ...stackBatch },
  }
}

/** The journal of a machine contains only its own operations, under the names of a single-machine apply. */
function ownEvents(machine: string, { record }: Runner): ApplyListener {
  return (event) => {
    const id = 'id' in event ? ownId(machine, event.id) : undefined
    if (!('id' in event)) record(event)
    else if (id !== undefined) record({ ...event, id })
  }
}

/** Machines of the same host. */
function neighboursOf(machine: string, machines: readonly ClusterMachine[]): string[] {
  const own = machines.find(({ environment }) => machineName(environment) === machine)?.environment.host?.name
  return machines.flatMap(({ environment }) =>
    environment.host?.name === own ? [machineName(environment)] : [],
  )
}

/**
 * The result of an operation done once for all machines of a host counts for each machine whose plan has it.
 * @param neighbours machines of the same host
 */
export function ownResults(
  { machine, neighbours }: { machine: string; neighbours: readonly string[] },
  operations: readonly Operation[],
  { results, errors, milliseconds }: Executed,
): Executed {
  const doneAs = (id: string): string =>
    [machine, ...neighbours].map((one) => `${one}/${id}`).find((one) => results.has(one)) ?? ''
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
