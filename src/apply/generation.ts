/** Every apply that changed something, kept: what was asked, what was rendered, and how it went. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { OperationResult } from './events.ts'

export interface Generation {
  format: 'desktop-generation/1'
  number: number
  time: string
  toolVersion: string
  configHash: string
  /** Text of each file, by absolute path. */
  config: Readonly<Record<string, string>>
  rendered: { linuxkitYaml: string; daemonJson: string }
  argv: readonly string[]
  imageDigest: string | undefined
  operations: readonly {
    id: string
    result: OperationResult
    milliseconds: number | undefined
    error?: string
  }[]
  result: 'applied' | 'incomplete' | 'interrupted'
}

/** Older ones are removed. */
const kept = 50

const fileName = (number: number): string => `${String(number).padStart(6, '0')}.json`

async function numbers(dir: string): Promise<number[]> {
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

/** Writes the next generation and gives its number. Only the holder of the environment's lock calls it. */
export async function writeGeneration(
  dir: string,
  generation: Omit<Generation, 'format' | 'number'>,
): Promise<number> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const known = await numbers(dir)
  const number = (known.at(-1) ?? 0) + 1
  const value: Generation = { format: 'desktop-generation/1', number, ...generation }
  await writeAtomic(join(dir, fileName(number)), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  for (const old of known.slice(0, Math.max(0, known.length + 1 - kept))) {
    await rm(join(dir, fileName(old)), { force: true })
  }
  return number
}

/** The newest generation, or undefined before the first apply. */
export async function latestGeneration(dir: string): Promise<Generation | undefined> {
  const newest = (await numbers(dir)).at(-1)
  if (newest === undefined) return undefined
  const text = await readIfExists(join(dir, fileName(newest)))
  return text === undefined ? undefined : (JSON.parse(text) as Generation)
}
