/** Outcomes of operations and of a whole apply, as events report them and generations keep them. */

export type OperationPhase = 'started' | 'done' | 'failed' | 'skipped'

/** `unknown`: the command was killed or gave up while the step still ran. */
export type OperationResult = 'done' | 'failed' | 'skipped' | 'unknown'

/** An error as events and generations keep it. */
export interface ErrorValue {
  code: string
  message: string
  hint?: string
}

/** What became of an operation. */
export interface OperationEvent {
  event: 'operation'
  id: string
  phase: OperationPhase
  /** How long it took, for `done` and `failed`. */
  milliseconds?: number
  error?: ErrorValue
  /** For `skipped`: the operation it waited for. */
  because?: string
}

/** How a whole apply ended. */
export interface Outcome {
  result: 'applied' | 'in-sync' | 'incomplete' | 'interrupted'
  counts: Readonly<Record<OperationResult, number>>
  generation: number | undefined
  dockerHost: string
  /** What a person should know of how it went, e.g. that a suspended VM was booted instead. */
  notices: readonly string[]
}
