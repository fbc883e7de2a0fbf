/** The history of an apply that was killed: what its journal says of each operation. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { type Generation, latestGeneration, writeGeneration } from './generation.ts'
import { type JournalEnd, readJournal } from './journal.ts'

type Paths = Pick<EnvironmentPaths, 'generationsDir' | 'journal'>

/** Only the holder of the lock calls it, before it begins its own generation. */
export async function settleInterrupted({ generationsDir, journal: path }: Paths): Promise<void> {
  const generation = await newest(generationsDir)
  if (generation === undefined || !isDraft(generation)) return
  const journal = await readJournal(path)
  const { format: _format, number, ...content } = generation
  const operations = content.operations.map(({ id }) => ({ id, ...outcomeOf(id, number, journal) }))
  await writeGeneration(generationsDir, number, { ...content, operations })
}

/** As it was begun: an apply that ends says something of every operation. */
const isDraft = ({ result, operations }: Generation): boolean =>
  result === 'interrupted' && operations.every((operation) => operation.result === 'unknown')

/** Of an operation that was begun and not ended nobody knows; one that was not begun did nothing. */
function outcomeOf(
  id: string,
  number: number,
  { generation, ended, interrupted, damaged }: JournalEnd,
): { result: Generation['operations'][number]['result']; milliseconds: number | undefined } {
  const unknown = { result: 'unknown', milliseconds: undefined } as const
  if (damaged) return unknown
  const skipped = { result: 'skipped', milliseconds: undefined } as const
  // The apply died before its journal began.
  if (generation !== number) return skipped
  return ended.get(id) ?? (interrupted.includes(id) ? unknown : skipped)
}

/** An unreadable newest generation is not our draft, and stays. */
async function newest(dir: string): Promise<Generation | undefined> {
  try {
    return await latestGeneration(dir)
  } catch (error) {
    if (error instanceof DesktopError && error.code === 'state/unreadable') return undefined
    throw error
  }
}
