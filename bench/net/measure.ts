/** Resource usage of a process, waiting, and the statistics of a result row. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const ticksPerSecond = 100

/** Polls until true; rejects on timeout. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = 20_000,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await isSo()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`)
  }
}

/** Fields of /proc/PID/stat (proc(5)), from the third on. */
const statFields = (path: string): string[] =>
  readFileSync(path, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')

const cpuOf = (path: string): number => {
  const fields = statFields(path)
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** User and system time of a process and its threads. */
export function cpuSeconds(pid: number): number {
  return cpuOf(`/proc/${pid}/stat`)
}

/** User and system time of all exited children of this process. */
export function endedChildrenSeconds(): number {
  const fields = statFields('/proc/self/stat')
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond
}

/** User and system time of the main thread alone. */
export function firstThreadSeconds(pid: number): number {
  return cpuOf(`/proc/${pid}/task/${pid}/stat`)
}

/**
 * Start time, which distinguishes a process from a later one with the same pid; undefined if it has exited.
 */
export function startOf(pid: number): string | undefined {
  try {
    const fields = statFields(`/proc/${pid}/stat`)
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Resident memory: current and peak. */
export function memory(pid: number): { megabytes: number; peakMegabytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
  return { megabytes: rounded(of('VmRSS') / 1024), peakMegabytes: rounded(of('VmHWM') / 1024) }
}

export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

export interface Summary {
  median: number
  min: number
  max: number
}

export function summary(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b)
  return {
    median: rounded(sorted[sorted.length >> 1] ?? Number.NaN),
    min: rounded(sorted[0] ?? Number.NaN),
    max: rounded(sorted.at(-1) ?? Number.NaN),
  }
}

export function rounded(value: number): number {
  return Number(value.toFixed(value >= 1000 ? 0 : 2))
}

/** Writes bench/results/NAME.json. */
export function writeResult(name: string, result: object): void {
  const path = join(import.meta.dirname, '../results', `${name}.json`)
  const whole = { date: new Date().toISOString(), load: loadavg(), ...result }
  writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`)
}
