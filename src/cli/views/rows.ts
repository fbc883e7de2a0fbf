/** Rows of a progress display: one per operation, or one per kind if there are many. */
import type { ErrorValue } from '../../apply/history/outcome.ts'
import type { ApplyEvent } from '../../apply/run/events.ts'
import { hideValues } from '../../errors/credentials.ts'
import { indented, oneLine } from '../../escape.ts'
import { phrase } from '../../reconcile/phrase.ts'
import type { Operation } from '../../reconcile/plan.ts'
import { type Sample, sampled, transferText } from './transfer.ts'

/** Above this number, operations of one kind share a row. */
const manyOfAKind = 6

export interface Row {
  title: string
  size: number
  state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped'
  ended: number
  /** Last progress message, with a figure if available. */
  message: string | undefined
  /** Samples of the current transfer. */
  samples: readonly Sample[]
  errors: ErrorValue[]
  because: string | undefined
  milliseconds: number
}

export interface Rows {
  rows: readonly Row[]
  /** Processes an event; returns the row that changed. */
  apply(event: ApplyEvent): Row | undefined
}

export function rowsOf(operations: readonly Operation[]): Rows {
  const perKind = Map.groupBy(operations, ({ kind }) => kind)
  const rows = new Map<string, Row>()
  const byId = new Map<string, Row>()
  for (const operation of operations) {
    const size = perKind.get(operation.kind)?.length ?? 1
    const shared = size > manyOfAKind
    const key = shared ? operation.kind : operation.id
    let row = rows.get(key)
    if (row === undefined) {
      const title = shared
        ? phrase({
            kind: operation.kind,
            subject: `${size} ${operation.kind.startsWith('ports/') ? 'ports' : 'times'}`,
          })
        : phrase(operation)
      row = { ...emptyRow, title: oneLine(title), size: shared ? size : 1, errors: [] }
      rows.set(key, row)
    }
    byId.set(operation.id, row)
  }
  return { rows: [...rows.values()], apply: (event) => update(event, byId) }
}

const emptyRow = {
  state: 'waiting',
  ended: 0,
  message: undefined,
  samples: [],
  because: undefined,
  milliseconds: 0,
} as const

function update(event: ApplyEvent, byId: ReadonlyMap<string, Row>): Row | undefined {
  if (event.event === 'progress') {
    const row = byId.get(event.id)
    // Escaped here, because the library that draws moving rows does not.
    if (row !== undefined) row.message = `${oneLine(hideValues(event.message))}${figure(row, event)}`
    return row
  }
  if (event.event !== 'operation') return undefined
  const row = byId.get(event.id)
  if (row === undefined) return undefined
  if (event.phase === 'started') row.state = 'running'
  else end(row, event)
  return row
}

function end(row: Row, event: Extract<ApplyEvent, { event: 'operation' }>): void {
  row.ended += 1
  row.milliseconds = Math.max(row.milliseconds, event.milliseconds ?? 0)
  if (event.error !== undefined) {
    row.errors.push({ ...event.error, message: indented(hideValues(event.error.message)) })
  }
  if (event.because !== undefined) row.because = event.because
  if (row.ended < row.size) return
  row.state = row.errors.length > 0 ? 'failed' : row.because !== undefined ? 'skipped' : 'done'
}

/** For example `  12.3 of 45.6 MB, 3.0 MB/s, 12 s left` or `  3 of 14`. */
function figure(row: Row, { time, done, total, unit }: Extract<ApplyEvent, { event: 'progress' }>): string {
  if (done === undefined) return ''
  if (unit === 'bytes') {
    row.samples = sampled(row.samples, { at: Date.parse(time), bytes: done })
    return `  ${transferText(row.samples, total)}`
  }
  return total === undefined ? `  ${done}` : `  ${done} of ${total}`
}
