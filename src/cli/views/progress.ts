/** Renderers of the event stream: JSON lines, plain lines, or moving rows on a terminal. */
import { writeSync } from 'node:fs'
import { seconds } from '../../amount.ts'
import type { ApplyEvent, ApplyListener } from '../../apply/run/events.ts'
import type { Operation } from '../../reconcile/plan.ts'
import type { Output } from '../output.ts'
import { type Row, rowsOf } from './rows.ts'

export interface ProgressView {
  readonly on: ApplyListener
  /** Prints a line for the user that moving rows do not overwrite. */
  say(line: string): void
  /** Restores the terminal immediately, before the process exits. */
  restore(): void
  /** Resolves when everything has been drawn and the terminal is restored. */
  end(): Promise<void>
}

/**
 * Batches simultaneous events into one write: thousands of system calls would take longer than the events.
 */
export function jsonProgress(output: Pick<Output, 'write' | 'say'>): ProgressView {
  let lines = ''
  const flush = (): void => {
    if (lines !== '') output.write(lines)
    lines = ''
  }
  const on: ApplyListener = (_event, line) => {
    if (lines === '') queueMicrotask(flush)
    lines += line()
  }
  return { on, say: output.say, restore: flush, end: async () => flush() }
}

/** One line when a row starts, at most one per second during it, and one when it ends. */
export function plainProgress(
  operations: readonly Operation[],
  say: (line: string) => void,
  clock: () => number = () => performance.now(),
): ProgressView {
  const { apply } = rowsOf(operations)
  const begun = new Set<Row>()
  const saidAt = new Map<Row, number>()
  const on = (event: ApplyEvent): void => {
    const row = apply(event)
    if (row === undefined) return
    if (event.event === 'progress') {
      if (clock() - (saidAt.get(row) ?? Number.NEGATIVE_INFINITY) < 1000) return
      saidAt.set(row, clock())
      say(`        ${row.message}`)
    } else if (row.state === 'running') {
      if (!begun.has(row)) say(`  ...   ${row.title}`)
      begun.add(row)
    } else if (row.ended === row.size) {
      say(endLine(row))
    }
  }
  return { on, say, restore: () => {}, end: async () => {} }
}

function endLine(row: Row): string {
  switch (row.state) {
    case 'failed':
      return `  FAIL  ${row.title}: ${row.errors.map((error) => error.message).join('; ')}`
    case 'skipped':
      return `  skip  ${row.title} (${row.because})`
    default:
      return `  ok    ${row.title}  ${seconds(row.milliseconds)}`
  }
}

/** DECTCEM (ECMA-48 private mode 25): listr2 hides the cursor while drawing. */
const showCursor = '\u001b[?25h\n'

/** Rows drawn by listr2; each is a task that ends with its operations. It also restores the cursor. */
export async function terminalProgress(operations: readonly Operation[]): Promise<ProgressView> {
  const { Listr } = await import('listr2')
  const { rows, apply } = rowsOf(operations)
  const live = rows.map((row) => ({ row, ...Promise.withResolvers<void>(), draw: () => {} }))
  const byRow = new Map(live.map((entry) => [entry.row, entry]))
  const list = new Listr(
    live.map((entry) => ({
      title: entry.row.title,
      task: async (_context, task) => {
        entry.draw = () => {
          if (entry.row.message !== undefined) task.output = entry.row.message
        }
        await entry.promise
        if (entry.row.state === 'failed') throw new Error(entry.row.errors.map((e) => e.message).join('; '))
        if (entry.row.state === 'skipped') task.skip(`${entry.row.title} (${entry.row.because})`)
        else task.title = `${entry.row.title}  ${seconds(entry.row.milliseconds)}`
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // The command handles Ctrl-C and lets running steps finish.
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: false, collapseSkips: false },
    },
  )
  const drawn = list.run()
  const on = (event: ApplyEvent): void => {
    const row = apply(event)
    const entry = row === undefined ? undefined : byRow.get(row)
    if (entry === undefined || row === undefined) return
    entry.draw()
    if (row.ended === row.size) entry.resolve()
  }
  /** Printed below each running row, because output elsewhere would be overwritten. */
  const say = (line: string): void => {
    for (const { row, draw } of live) {
      if (row.state !== 'running') continue
      row.message = line
      draw()
    }
  }
  return {
    on,
    say,
    restore: () => {
      // Bypasses listr2, which buffers writes to the stream while drawing.
      writeSync(process.stdout.fd, showCursor)
    },
    end: async () => {
      for (const { resolve } of live) resolve()
      await drawn.catch(() => {})
    },
  }
}
