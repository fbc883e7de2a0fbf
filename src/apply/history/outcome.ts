/** Outcomes of operations and of a whole apply, for events and generations. */

export type OperationPhase = 'started' | 'done' | 'failed' | 'skipped'

/** `unknown`: the command was killed or gave up during the step. */
export type OperationResult = 'done' | 'failed' | 'skipped' | 'unknown'

/** An error in events and generations. */
export interface ErrorValue {
  code: string
  message: string
  hint?: string
}

/** Start or end of an operation. */
export interface OperationEvent {
  event: 'operation'
  id: string
  phase: OperationPhase
  /** Duration, for `done` and `failed`. */
  milliseconds?: number
  error?: ErrorValue
  /** For `skipped`: the operation that it depends on. */
  because?: string
}

/** Outcome of a whole apply. */
export interface Outcome {
  result: 'applied' | 'in-sync' | 'incomplete' | 'interrupted'
  counts: Readonly<Record<OperationResult, number>>
  generation: number | undefined
  dockerHost: string
  /** Notices for the user, e.g. that a suspended VM was booted instead. */
  notices: readonly string[]
}
