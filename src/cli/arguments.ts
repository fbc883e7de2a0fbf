/** Values of options, read and refused with a reason. */
import { InvalidArgumentError } from 'commander'
import { type Group, groups } from '../reconcile/only.ts'

/** For options that may be given more than once. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value]

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** For `--only`. */
export function group(value: string, before: readonly Group[]): Group[] {
  const found = groups.find((name) => name === value)
  if (found === undefined) throw new InvalidArgumentError(`it is one of ${groups.join(', ')}.`)
  return [...before, found]
}

/** `500ms`, `30s`, `2m` in milliseconds. */
export function duration(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(value) ?? []
  if (number === undefined || unit === undefined) throw new InvalidArgumentError('write it as 30s or 2m.')
  return Number(number) * (unitMs[unit] ?? 1)
}

export function integer(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('a whole number from 1 is needed.')
  return Number(value)
}

/** What every command on a file takes. */
export interface FileOptions {
  /** `-f`, in order; none = ./desktop.yaml. */
  file: readonly string[]
  /** `--set`, in order. */
  set: readonly string[]
  json?: true
  verbose?: true
}

export interface LockOptions extends FileOptions {
  /** Milliseconds. */
  lockTimeout: number
}

export interface ChangeOptions extends LockOptions {
  yes?: true
  /** Losses of data that are agreed to by name. */
  allow: readonly string[]
}

/** Whether results are to be printed as JSON: `--json` and `--format json` are the same. */
export const wantsJson = ({ json, format }: { json?: true; format?: string }): boolean =>
  json === true || format === 'json'
