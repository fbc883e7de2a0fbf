/**
 * Executes the operation graph: ready operations run concurrently, a failure skips only its dependents, and
 * on a stop request running steps finish. It decides nothing: the plan lists the operations, the steps
 * implement them.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import { explained, messageOf } from '../../errors/system.ts'
import type { OnProgress } from '../../progress.ts'
import type { Operation, OperationKind } from '../../reconcile/plan.ts'
import type { ErrorValue, OperationResult } from '../history/outcome.ts'
import type { Emit } from './events.ts'

/** Performs operations of one kind. Idempotent: success if already done or already absent. */
export type Step = (operations: readonly Operation[], onProgress: OnProgress) => Promise<void>

export interface Steps {
  run: Readonly<Partial<Record<OperationKind, Step>>>
  /** Kinds with the same batch name are executed in one call, once all of them are ready. */
  batch: Readonly<Partial<Record<OperationKind, string>>>
}

export interface ExecuteOptions {
  emit: Emit
  /** Milliseconds from any origin, for durations. */
  clock: () => number
  /** Aborted: start no more steps. Running steps finish. */
  stop?: AbortSignal
  /** Maximum number of concurrent steps. */
  parallelism?: number
}

export interface Executed {
  results: ReadonlyMap<string, OperationResult>
  /** First failure of each operation, in order. */
  errors: readonly { id: string; error: unknown }[]
  milliseconds: ReadonlyMap<string, number>
}

export async function execute(
  operations: readonly Operation[],
  steps: Steps,
  { emit, clock, stop, parallelism = 4 }: ExecuteOptions,
): Promise<Executed> {
  const results = new Map<string, OperationResult>()
  const errors: { id: string; error: unknown }[] = []
  const milliseconds = new Map<string, number>()
  const waiting = new Map(operations.map((operation) => [operation.id, operation]))
  const running = new Set<Promise<void>>()
  const stopAsked = aborted(stop)

  const skip = (operation: Operation, because: string): void => {
    waiting.delete(operation.id)
    results.set(operation.id, 'skipped')
    emit({ event: 'operation', id: operation.id, phase: 'skipped', because })
  }

  const start = async (group: readonly Operation[]): Promise<void> => {
    const [first] = group
    if (first === undefined) return
    const began = clock()
    for (const { id } of group) emit({ event: 'operation', id, phase: 'started' })
    let failure: { error: unknown } | undefined
    try {
      const step = steps.run[first.kind]
      if (step === undefined) throw new Error(`there is no step for ${first.kind}`)
      await step(group, (progress) => emit({ event: 'progress', id: first.id, ...progress }))
    } catch (error) {
      failure = { error }
    }
    const took = Math.round(clock() - began)
    for (const { id } of group) {
      milliseconds.set(id, took)
      const own = failure === undefined ? undefined : failureOf(id, failure.error)
      if (own === undefined) {
        results.set(id, 'done')
        emit({ event: 'operation', id, phase: 'done', milliseconds: took })
      } else {
        results.set(id, 'failed')
        errors.push({ id, error: own.error })
        emit({ event: 'operation', id, phase: 'failed', milliseconds: took, error: errorValue(own.error) })
      }
    }
  }

  for (;;) {
    for (const operation of waiting.values()) {
      if (stop?.aborted === true) skip(operation, 'interrupted')
      else {
        const lost = operation.after.find((id) => results.has(id) && results.get(id) !== 'done')
        if (lost !== undefined) skip(operation, lost)
      }
    }
    for (const group of readyGroups(waiting, results, steps)) {
      if (running.size >= parallelism) break
      for (const { id } of group) waiting.delete(id)
      const step = start(group).finally(() => running.delete(step))
      running.add(step)
    }
    if (running.size === 0) break
    await Promise.race([...running, ...(stop?.aborted === true ? [] : [stopAsked])])
  }
  if (waiting.size > 0) throw new Error(`operations wait for each other: ${[...waiting.keys()].join(', ')}`)
  return { results, errors, milliseconds }
}

/** Prefixes the operation ids of a failure with a machine's name. */
export function named(machine: string, error: unknown): unknown {
  if (!(error instanceof PartialFailure)) return error
  return new PartialFailure(
    new Map([...error.failures].map(([id, failure]) => [`${machine}/${id}`, failure])),
  )
}

/** Thrown by a batch that failed in part; its other operations succeeded. */
export class PartialFailure extends Error {
  readonly failures: ReadonlyMap<string, unknown>

  constructor(failures: ReadonlyMap<string, unknown>) {
    super(`${failures.size} failed`)
    this.failures = failures
  }
}

function failureOf(id: string, error: unknown): { error: unknown } | undefined {
  if (!(error instanceof PartialFailure)) return { error }
  return error.failures.has(id) ? { error: error.failures.get(id) } : undefined
}

/** Operations without pending dependencies, single or as a complete batch. */
function readyGroups(
  waiting: ReadonlyMap<string, Operation>,
  results: ReadonlyMap<string, OperationResult>,
  { batch }: Steps,
): Operation[][] {
  const groups = new Map<string, Operation[]>()
  const blocked = new Set<string>()
  for (const operation of waiting.values()) {
    const { machine = '' } = operation
    const name = batch[operation.kind]
    const key = name === undefined ? operation.id : `${machine} ${name}`
    if (!operation.after.every((id) => results.get(id) === 'done')) {
      blocked.add(key)
      continue
    }
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [operation])
    else group.push(operation)
  }
  return [...groups].filter(([key]) => !blocked.has(key)).map(([, group]) => group)
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
}

export function errorValue(thrown: unknown): ErrorValue {
  const error = explained(thrown)
  if (!(error instanceof DesktopError)) return { code: 'internal/bug', message: messageOf(error) }
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}
