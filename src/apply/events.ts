/** Events of a running apply: one stream of values (schemas/events.schema.json); views render it. */
import type { Progress } from '../progress.ts'
import type { PlanDocument } from './document.ts'

export type OperationPhase = 'started' | 'done' | 'failed' | 'skipped'

/** `unknown`: the command was killed or gave up while the step still ran. */
export type OperationResult = 'done' | 'failed' | 'skipped' | 'unknown'

export interface ErrorValue {
  code: string
  message: string
  hint?: string
}

export interface Outcome {
  result: 'applied' | 'in-sync' | 'incomplete' | 'interrupted'
  counts: Readonly<Record<OperationResult, number>>
  generation: number | undefined
  dockerHost: string
  /** What a person should know of how it went, e.g. that a suspended VM was booted instead. */
  notices: readonly string[]
}

type EventBody =
  | { event: 'plan'; plan: PlanDocument }
  | {
      event: 'operation'
      id: string
      phase: OperationPhase
      /** How long it took, for `done` and `failed`. */
      milliseconds?: number
      error?: ErrorValue
      /** For `skipped`: the operation it waited for. */
      because?: string
    }
  | ({ event: 'progress'; id: string } & Progress)
  | { event: 'result'; outcome: Outcome }

/** `sequence` counts from 1 without gaps; `time` is ISO 8601. */
export type ApplyEvent = { sequence: number; time: string } & EventBody

/** `line` serialises the event as JSON Lines have it, once for all who ask. */
export type ApplyListener = (event: ApplyEvent, line: () => string) => void

export type Emit = (body: EventBody) => void

/** Numbers and stamps events and gives each to every listener, in order. */
export function eventStream(now: () => Date, listeners: readonly ApplyListener[]): Emit {
  let sequence = 0
  let stamp = { at: Number.NaN, text: '' }
  return (body) => {
    sequence += 1
    // Thousands may come in one millisecond, and writing a time out takes longer than all else here.
    const at = now()
    if (at.getTime() !== stamp.at) stamp = { at: at.getTime(), text: at.toISOString() }
    const event: ApplyEvent = { sequence, time: stamp.text, ...body }
    let text: string | undefined
    const line = (): string => {
      text ??= `${JSON.stringify(event)}\n`
      return text
    }
    for (const listener of listeners) listener(event, line)
  }
}
