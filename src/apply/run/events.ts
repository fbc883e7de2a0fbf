/** Events of a running apply: one stream of values (schemas/events.schema.json); views render it. */
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
