/** Generations, the history of applies that made changes: request, rendered files and outcome of each. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired, HistorySettings } from '../../config/desired.ts'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { parseVersioned } from '../../host/versioned.ts'
import type { GitState } from './git.ts'
import type { OperationResult } from './outcome.ts'

const format = 'desktop-generation/1'

export interface Generation {
  format: typeof format
  number: number
  time: string
  toolVersion: string
  configHash: string
  /** Text of each file by absolute path, without credentials. */
  config: Readonly<Record<string, string>>
  /**
   * Text of each compose file of `swarm.stack` by absolute path, without credentials. None for a rollback, which
   * deploys no stack, and on another host than the file's.
   */
  stacks?: Readonly<Record<string, string>>
  /**
   * The resulting configuration of the files, `--set` and variables, without credentials; none in the oldest
   * generations.
   */
  desired?: Desired
  /** State of the git repository that contains the file; none outside a repository. */
  git?: GitState
  /** The generation that this one rolled back to. */
  rollbackTo?: number
  rendered: { linuxkitYaml: string; daemonJson: string }
  argv: readonly string[]
  imageDigest: string | undefined
  operations: readonly {
    id: string
    result: OperationResult
    milliseconds: number | undefined
    error?: string
  }[]
  /** Duration of the apply; none while it is running or after it was killed. */
  milliseconds?: number
  result: 'applied' | 'incomplete' | 'interrupted'
}

const fileName = (number: number): string => `${String(number).padStart(6, '0')}.json`

/** Numbers of the recorded generations, ascending. */
export async function generationNumbers(dir: string): Promise<number[]> {
  try {
    return (await readdir(dir))
      .flatMap((name) => /^(\d{6,})\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

export type GenerationContent = Omit<Generation, 'format' | 'number'>

/**
 * Creates the next generation and returns its number. It is written before any change, so that a killed apply
 * is recorded too, and a full disk fails the apply before it changes anything. Call only with the
 * environment's lock.
 */
export async function beginGeneration(
  dir: string,
  generation: GenerationContent,
  history: HistorySettings,
): Promise<number> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const known = await generationNumbers(dir)
  const number = (known.at(-1) ?? 0) + 1
  await writeGeneration(dir, number, generation)
  await prune(dir, known, history, Date.parse(generation.time))
  return number
}

/** Keeps the newest generation, which was just created, and the newest complete one. */
async function prune(
  dir: string,
  known: readonly number[],
  { keep, maxAgeSeconds }: HistorySettings,
  now: number,
): Promise<void> {
  const many = known.slice(0, Math.max(0, known.length + 1 - keep))
  const rest = maxAgeSeconds === undefined ? [] : known.slice(many.length)
  const aged: number[] = []
  for (const number of rest) {
    if (now - (await timeOf(dir, number)) <= (maxAgeSeconds ?? 0) * 1000) break
    aged.push(number)
  }
  const old = [...many, ...aged]
  if (old.length === 0) return
  const whole = await newestWhole(dir, known)
  for (const number of old) if (number !== whole) await rm(join(dir, fileName(number)), { force: true })
}

/** Time of a generation; if it is unreadable, the age of its file. */
async function timeOf(dir: string, number: number): Promise<number> {
  const time = await readGeneration(dir, number)
    .then((generation) => Date.parse(generation?.time ?? ''))
    .catch(() => Number.NaN)
  return Number.isNaN(time) ? (await stat(join(dir, fileName(number)))).mtimeMs : time
}

async function newestWhole(dir: string, known: readonly number[]): Promise<number | undefined> {
  for (const number of known.toReversed()) {
    const generation = await readGeneration(dir, number).catch(() => undefined)
    if (generation?.result === 'applied') return number
  }
  return undefined
}

/** Replaces the record of an existing generation. */
export async function writeGeneration(
  dir: string,
  number: number,
  generation: GenerationContent,
): Promise<void> {
  const value: Generation = { format, number, ...generation }
  await writeAtomic(join(dir, fileName(number)), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}

/**
 * Undefined if there is no such generation; throws `state/unreadable` or `state/newer` if it cannot be
 * parsed.
 */
export async function readGeneration(dir: string, number: number): Promise<Generation | undefined> {
  const path = join(dir, fileName(number))
  const text = await readIfExists(path)
  return text === undefined ? undefined : (parseVersioned(path, text, format) as Generation)
}

/** The newest generation; undefined before the first apply. */
export async function latestGeneration(dir: string): Promise<Generation | undefined> {
  const newest = (await generationNumbers(dir)).at(-1)
  return newest === undefined ? undefined : await readGeneration(dir, newest)
}
