/**
 * Write-ahead journal of an apply: one JSON line at the start and end of each step. A killed apply leaves
 * steps without an end; the next apply reports them, observes, and continues from the current state.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { explained } from '../../errors/system.ts'
import { readIfExists } from '../../host/atomic-file.ts'
import type { OperationEvent } from './outcome.ts'

interface Header {
  pid: number
  configHash: string
  /** Number of the generation. */
  generation: number
}

export class Journal implements AsyncDisposable {
  readonly #file: FileHandle
  #lines: string[] = []
  #flushing: Promise<void> | undefined
  #problem: unknown

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async start(path: string, header: Header): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true })
    try {
      const journal = new Journal(await open(path, 'w', 0o600))
      journal.#write(`${JSON.stringify({ journal: 1, ...header })}\n`)
      await journal.#flushing
      if (journal.#problem === undefined) return journal
      await journal[Symbol.asyncDispose]()
      throw journal.#problem
    } catch (error) {
      throw explained(error, path)
    }
  }

  /** Listens to the event stream; plans and progress are not recorded. */
  readonly record = ({ event }: { event: string }, line: () => string): void => {
    if (event === 'operation' || event === 'result') this.#write(line())
  }

  #write(line: string): void {
    this.#lines.push(line)
    this.#flushing ??= this.#flush()
  }

  /** Batches the lines that arrive during a write, so that thousands of lines need only a few syncs. */
  async #flush(): Promise<void> {
    while (this.#lines.length > 0) {
      const text = this.#lines.join('')
      this.#lines = []
      try {
        await this.#file.appendFile(text)
        await this.#file.datasync()
      } catch (error) {
        // Running steps continue: the journal is only a record.
        this.#problem ??= error
      }
    }
    this.#flushing = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushing
    await this.#file.close()
  }
}

/** The state of an earlier apply's journal. */
export interface JournalEnd {
  generation: number | undefined
  /** Ids of operations that started but did not end; empty after a complete apply. */
  interrupted: readonly string[]
  ended: ReadonlyMap<string, { result: 'done' | 'failed' | 'skipped'; milliseconds: number | undefined }>
  /** A line other than the last is invalid, which a crash cannot cause. */
  damaged: boolean
}

export async function readJournal(path: string): Promise<JournalEnd> {
  const begun = new Set<string>()
  const ended: Map<string, { result: 'done' | 'failed' | 'skipped'; milliseconds: number | undefined }> =
    new Map()
  const lines = ((await readIfExists(path)) ?? '').split('\n')
  let damaged = false
  let generation: number | undefined
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const value = parseLine(line)
    if (value === undefined) damaged ||= index < lines.length - 1
    else if (!('event' in value)) generation = value.generation
    else if (value.event === 'operation') {
      const { id, phase, milliseconds } = value
      if (phase === 'started') begun.add(id)
      else ended.set(id, { result: phase, milliseconds })
    }
  }
  return { generation, interrupted: [...begun].filter((id) => !ended.has(id)), ended, damaged }
}

/** Ignores the last line if a crash truncated it. */
function parseLine(line: string): OperationEvent | { event: 'result' } | Header | undefined {
  try {
    const value = JSON.parse(line) as ReturnType<typeof parseLine> | null
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
