/**
 * Apply on trial: unless it is confirmed in time, the previous generation is applied again. A file in the
 * state directory records the trial; `desktop confirm` removes that file.
 */
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../../host/identity.ts'
import { type EnvironmentPaths, trialPath } from '../../host/paths.ts'
import type { Note } from '../../reconcile/plan.ts'
import { type Generation, generationNumbers, readGeneration } from './generation.ts'

const pollMs = 200

type Paths = Pick<EnvironmentPaths, 'stateDir'>

export interface Trial {
  /** Generation to roll back to. */
  generation: number
  /** The process that applies and waits. */
  command: ProcessIdentity | undefined
  /** The process that rolls back if the command is killed. */
  guard?: ProcessIdentity | undefined
  /** Milliseconds since 1970; absent while the apply is running. */
  deadline?: number
  /** The trial is over; whether the rollback to `generation` was complete. */
  returned?: { whole: boolean }
}

/** The newest complete generation, to which a trial rolls back. */
export async function returnPoint({ generationsDir }: EnvironmentPaths): Promise<Generation> {
  for (const number of (await generationNumbers(generationsDir)).toReversed()) {
    const generation = await readGeneration(generationsDir, number)
    if (generation?.result === 'applied') return generation
  }
  throw new DesktopError('history/no-generation', 'there is no earlier generation to roll back to', {
    hint: 'run the first apply without --try',
  })
}

export const writeTrial = (paths: Paths, trial: Trial): Promise<void> =>
  writeAtomic(trialPath(paths), JSON.stringify(trial), { mode: 0o600 })

/** An unreadable file is not a trial. */
export async function readTrial(paths: Paths): Promise<Trial | undefined> {
  try {
    const trial = JSON.parse((await readIfExists(trialPath(paths))) ?? '') as Partial<Trial> | null
    return typeof trial?.generation === 'number' ? (trial as Trial) : undefined
  } catch {
    return undefined
  }
}

export const endTrial = (paths: Paths): Promise<void> => rm(trialPath(paths), { force: true })

/**
 * Starts a trial for this process.
 * @param startGuard starts the guard, which reads the file, and returns its pid.
 */
export async function beginTrial(
  paths: Paths,
  generation: number,
  startGuard: () => number | undefined,
): Promise<Trial> {
  const alone: Trial = { generation, command: await identityOf(process.pid) }
  await writeTrial(paths, alone)
  const pid = startGuard()
  const trial = { ...alone, guard: pid === undefined ? undefined : await identityOf(pid) }
  await writeTrial(paths, trial)
  return trial
}

/** Resolves to false at the deadline, or if `stop` aborts, before `desktop confirm`. */
export async function confirmed(paths: Paths, deadline: number, stop: AbortSignal): Promise<boolean> {
  while (Date.now() < deadline && !stop.aborted) {
    if ((await readTrial(paths)) === undefined) return true
    await sleep(pollMs, undefined, { signal: stop }).catch(() => {})
  }
  return (await readTrial(paths)) === undefined
}

/**
 * For the guard: resolves to false if there is nothing left to roll back, and to true if the command died
 * before rolling back.
 */
export async function orphaned(paths: Paths): Promise<boolean> {
  for (;;) {
    const trial = await readTrial(paths)
    if (trial === undefined || trial.returned !== undefined) return false
    const lives = trial.command !== undefined && (await isAlive(trial.command))
    if (!lives && Date.now() >= (trial.deadline ?? 0)) return true
    await sleep(pollMs)
  }
}

/** Throws `apply/no-trial` if no apply is waiting for confirmation. */
export async function confirm(paths: Paths): Promise<void> {
  const trial = await readTrial(paths)
  if (trial === undefined || trial.returned !== undefined)
    throw new DesktopError('apply/no-trial', 'no apply is waiting for confirmation')
  await endTrial(paths)
}

/** Whether the trial ended or neither of its processes is alive. */
async function isOver({ command, guard, returned }: Trial): Promise<boolean> {
  if (returned !== undefined) return true
  const lives = await Promise.all([command, guard].map((one) => one !== undefined && isAlive(one)))
  return !lives.includes(true)
}

/** Called by a new apply after it has reported the trial's result; removes a trial that is over. */
export async function settleTrial(paths: Paths): Promise<void> {
  const trial = await readTrial(paths)
  if (trial !== undefined && (await isOver(trial))) await endTrial(paths)
}

/** Result of the last trial, for the next command. */
export async function trialNotes(paths: Paths): Promise<Note[]> {
  const trial = await readTrial(paths)
  if (trial === undefined) return []
  const { generation, deadline, returned } = trial
  const note = (level: Note['level'], message: string, hint?: string): Note[] => [
    { level, about: 'trial', message, ...(hint === undefined ? {} : { hint }) },
  ]
  if (returned?.whole === true)
    return note('info', `the apply on trial was not confirmed: rolled back to generation ${generation}`)
  const hint = `\`desktop rollback ${generation}\` returns to it, \`desktop confirm\` or an apply keeps the current state`
  if (returned !== undefined)
    return note(
      'warning',
      `an apply on trial was not confirmed, and generation ${generation} was not restored whole`,
      hint,
    )
  if (await isOver(trial))
    return note(
      'warning',
      `an apply on trial was never confirmed, and nothing is left that could roll back to generation ${generation}`,
      hint,
    )
  if (deadline === undefined) return []
  const until = new Date(deadline).toISOString()
  return note(
    'info',
    `on trial: rolls back to generation ${generation} at ${until} unless \`desktop confirm\` is run`,
  )
}
