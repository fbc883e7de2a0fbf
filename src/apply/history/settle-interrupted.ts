/** Completes the history of a killed apply from its journal. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { type Generation, latestGeneration, writeGeneration } from './generation.ts'
import { type JournalEnd, readJournal } from './journal.ts'

type Paths = Pick<EnvironmentPaths, 'generationsDir' | 'journal'>

/** Call with the environment's lock, before creating a new generation. */
export async function settleInterrupted({ generationsDir, journal: path }: Paths): Promise<void> {
  const generation = await newest(generationsDir)
  if (generation === undefined || !isDraft(generation)) return
  const journal = await readJournal(path)
  const { format: _format, number, ...content } = generation
  const operations = content.operations.map(({ id }) => ({ id, ...outcomeOf(id, number, journal) }))
  await writeGeneration(generationsDir, number, { ...content, operations })
}

/** An unfinished generation: a finished apply records the outcome of every operation. */
const isDraft = ({ result, operations }: Generation): boolean =>
  result === 'interrupted' && operations.every((operation) => operation.result === 'unknown')

/**
 * The outcome of an operation that started but did not end is unknown; one that did not start was skipped.
 */
function outcomeOf(
  id: string,
  number: number,
  { generation, ended, interrupted, damaged }: JournalEnd,
): { result: Generation['operations'][number]['result']; milliseconds: number | undefined } {
  const unknown = { result: 'unknown', milliseconds: undefined } as const
  if (damaged) return unknown
  const skipped = { result: 'skipped', milliseconds: undefined } as const
  // The apply died before it started its journal.
  if (generation !== number) return skipped
  return ended.get(id) ?? (interrupted.includes(id) ? unknown : skipped)
}

/** Leaves an unreadable newest generation alone, because it cannot be the killed apply's draft. */
async function newest(dir: string): Promise<Generation | undefined> {
  try {
    return await latestGeneration(dir)
  } catch (error) {
    if (error instanceof DesktopError && error.code === 'state/unreadable') return undefined
    throw error
  }
}
