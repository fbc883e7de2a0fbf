/** Parses option values, or rejects them with a reason. */
import { Argument, InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../config/nearest.ts'
import { groups } from '../reconcile/only.ts'
import type { ConsentName } from '../reconcile/plan.ts'

/** Collects an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value]

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

export type Loss = ConsentName | 'destroy'

/** Data that each consent permits to delete. */
const losses: Readonly<Record<Loss, string>> = {
  'recreate:disk': 'erase the data disk with all images, containers and volumes',
  'remove:machine': 'delete a VM that is no longer in vms, with its data disk',
  destroy: 'delete the environment with its data disk',
}

/** `--only`, repeatable. */
export const onlyOption = (): Option =>
  several(
    new Option(
      '--only <component>',
      'limit to this component and its dependencies, see docs/glossary.md; repeatable',
    ),
    groups,
  )
/** `--allow`, repeatable. */
export const allow = (names: readonly Loss[]): Option =>
  several(
    new Option(
      '--allow <loss>',
      `allow one kind of data loss without a prompt: ${names.map((name) => `${name} = ${losses[name]}`).join('; ')}; repeatable`,
    ),
    names,
  )

function several(option: Option, names: readonly string[]): Option {
  return option
    .choices(names)
    .default([])
    .argParser((value: string, before: readonly string[]) => [...before, oneOf(names)(value)])
}

/** An option with fixed values; a mistyped value gets the closest one as a hint. */
export const choice = (flags: string, description: string, names: readonly string[]): Option =>
  new Option(flags, description).choices(names).argParser(oneOf(names))
export const choiceArgument = (name: string, description: string, names: readonly string[]): Argument =>
  new Argument(name, description).choices(names).argParser(oneOf(names))

const oneOf =
  (names: readonly string[]) =>
  (value: string): string => {
    if (names.includes(value)) return value
    throw new InvalidArgumentError(
      `it is one of ${names.join(', ')}. ${didYouMean(value, names) ?? ''}`.trimEnd(),
    )
  }

/** Parses `500ms`, `30s`, `2m` into milliseconds. */
export function duration(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(value) ?? []
  if (number === undefined || unit === undefined)
    throw new InvalidArgumentError('it must be a duration such as 30s or 2m.')
  return Number(number) * (unitMs[unit] ?? 1)
}

/** @param initial default as written by a user and shown in the help. */
export const durationOption = (flags: string, description: string, initial: string): Option =>
  new Option(flags, description).argParser(duration).default(duration(initial), initial)

export function integer(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('it must be an integer, at least 1.')
  return Number(value)
}

export function port(value: string): number {
  const number = integer(value)
  if (number > 65_535) throw new InvalidArgumentError('it must be a port, at most 65535.')
  return number
}

/** Options of every command that reads a file. */
export interface FileOptions {
  /** `-f`, in order; empty selects ./desktop.yaml. */
  file: readonly string[]
  /** `--set`, in order. */
  set: readonly string[]
  /** See EnvironmentOptions. */
  allowPath?: readonly string[]
  allowEnv?: readonly string[]
  /** A machine of `vms`. */
  machine?: string
  json?: true
  verbose?: true
}

export interface LockOptions extends FileOptions {
  /** Milliseconds. */
  lockTimeout: number
}

export interface ChangeOptions extends LockOptions {
  yes?: true
  /** Losses of data that the user consented to, by name. */
  allow: readonly string[]
}

/** Whether to print results as JSON: `--json` is the same as `--format json`. */
export const wantsJson = ({ json, format }: { json?: true; format?: string }): boolean =>
  json === true || format === 'json'
