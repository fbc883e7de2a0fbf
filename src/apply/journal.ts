/**
 * What the last apply was doing, one JSON line for each step as it begins and ends. An apply that was killed
 * leaves steps without their end; the next one says so, observes, and goes on from what is there.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readIfExists } from '../host/atomic-file.ts'
import type { ApplyEvent } from './events.ts'

export class Journal implements AsyncDisposable {
  readonly #file: FileHandle
  #lines: string[] = []
  #flushing: Promise<void> | undefined

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async start(path: string, header: { pid: number; configHash: string }): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true })
    const journal = new Journal(await open(path, 'w', 0o600))
    journal.#write({ journal: 1, ...header })
    await journal.#flushing
    return journal
  }

  /** A listener for the event stream. Plans and progress are not kept. */
  readonly record = (event: ApplyEvent): void => {
    if (event.event === 'operation' || event.event === 'result') this.#write(event)
  }

  #write(line: object): void {
    this.#lines.push(`${JSON.stringify(line)}\n`)
    this.#flushing ??= this.#flush()
    // The apply itself goes on; closing reports a journal that could not be written.
    this.#flushing.catch(() => {})
  }

  /** Lines that come while the disk is busy are written together, so that thousands cost a few syncs. */
  async #flush(): Promise<void> {
    while (this.#lines.length > 0) {
      const text = this.#lines.join('')
      this.#lines = []
      await this.#file.appendFile(text)
      await this.#file.datasync()
    }
    this.#flushing = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#flushing
    } finally {
      await this.#file.close()
    }
  }
}

/** Ids of operations that an earlier apply began and did not end; empty after a whole one. */
export async function interruptedOperations(path: string): Promise<string[]> {
  const begun = new Set<string>()
  for (const line of ((await readIfExists(path)) ?? '').split('\n')) {
    const event = parseLine(line)
    if (event?.event === 'operation') {
      if (event.phase === 'started') begun.add(event.id)
      else begun.delete(event.id)
    }
  }
  return [...begun]
}

/** The last line may be torn by a crash; it then says nothing. */
function parseLine(line: string): ApplyEvent | undefined {
  try {
    return JSON.parse(line) as ApplyEvent
  } catch {
    return undefined
  }
}
