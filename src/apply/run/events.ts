/** Events of a running apply: one stream of values (schemas/events.schema.json), which views render. */
import type { Progress } from '../../progress.ts'
import type { OperationEvent, Outcome } from '../history/outcome.ts'
import type { PlanDocument } from '../plan/document.ts'

type EventBody =
  | { event: 'plan'; plan: PlanDocument }
  | OperationEvent
  | ({ event: 'progress'; id: string } & Progress)
  | { event: 'result'; outcome: Outcome }

/** `sequence` counts from 1 without gaps; `time` is ISO 8601. */
export type ApplyEvent = { sequence: number; time: string } & EventBody

/** `line` serialises the event for JSON Lines, once for all listeners. */
export type ApplyListener = (event: ApplyEvent, line: () => string) => void

export type Emit = (body: EventBody) => void

/** Adds number and time to events and passes each to all listeners, in order. */
export function eventStream(now: () => Date, listeners: readonly ApplyListener[]): Emit {
  let sequence = 0
  let stamp = { at: Number.NaN, text: '' }
  return (body) => {
    sequence += 1
    // Thousands may arrive within a millisecond, and formatting the time is the slowest part.
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
