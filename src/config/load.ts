/** desktop.yaml → Desired, or every mistake at once: read → lay over each other → schema → meaning → values. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { DesktopError, messageOf, systemCode } from '../errors.ts'
import { type Problem, placed, thrown } from './check/problem.ts'
import { checkSchema } from './check/schema.ts'
import type { Desired } from './desired.ts'
import { type CollectOptions, collect, type FileName } from './layers/collect.ts'
import { applySet } from './layers/set.ts'
import { normalise } from './normalise/normalise.ts'
import type { Report } from './normalise/report.ts'
import { type Origins, originsOf } from './origins.ts'
import { placeOf, type Written } from './policy/places.ts'
import { type Rule, rulesOf } from './policy/rule.ts'
import type { Path } from './read/source.ts'
import { locate, type Tree } from './read/tree.ts'

export interface LoadOptions {
  /** As given by the user, at least one; a later one goes over those before it. */
  files: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** `--set` arguments, e.g. `vm.cpus=4`; they go over all files. */
  sets?: readonly string[]
}

export interface LoadedConfig {
  desired: Desired
  /** Absolute path of the first file: its folder names the environment when the file does not. */
  file: string
  /** Absolute paths of every file that was read, those that are extended too, in the order of their layers. */
  files: readonly string[]
  origins: Origins
  /** Rules of `policy:`. */
  rules: readonly Rule[]
  /** Where a value that rules see is written. */
  placeOf: (path: Path) => Written
  /** What was written, all layers merged, with its places: for `config show`. */
  tree: Tree
  /** `sha256:…` of the effective configuration, not of the text: neither comments nor order of keys count. */
  hash: string
}

/** Throws a DesktopError whose `others` holds the further mistakes. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const files = options.files.map((file) => ({ shown: file, path: resolve(file) }))
  return evaluate(files, options, readText)
}

/** The same for one text that is at hand. */
export function configOf(file: {
  file: string
  path: string
  text: string
  env: LoadOptions['env']
}): Desired {
  const readFile = (path: string, shown: string): string =>
    path === file.path ? file.text : readText(path, shown)
  return evaluate([{ shown: file.file, path: file.path }], file, readFile).desired
}

/** The pipeline itself; `readFile` is the only thing that it asks of the outside, but for references to secrets. */
export function evaluate(
  files: readonly FileName[],
  { env, sets = [] }: Pick<LoadOptions, 'env' | 'sets'>,
  readFile: CollectOptions['readFile'],
): LoadedConfig {
  const collected = collect(files, { env, readFile })
  if (!collected.whole) throw thrown(collected.errors)
  const errors = [...collected.errors]
  let { tree } = collected
  for (const argument of sets) {
    const outcome = applySet(tree, argument, process.cwd(), env)
    if ('errors' in outcome) errors.push(...outcome.errors)
    else tree = outcome.tree
  }
  const checked = checkSchema(tree)
  const problems: Problem[] = [...checked.problems]
  const report: Report = (path, message, hint, at = 'value') => {
    problems.push({ code: 'config/bad-value', path, message, at, ...(hint === undefined ? {} : { hint }) })
  }
  const file = files[0]?.path ?? ''
  const { desired, portPaths } = normalise(checked.value, {
    folder: basename(dirname(file)),
    directoryOf: (path) => locate(tree, path, 'value').source.directory,
    env,
    readFile: readOrNothing,
    kindOf,
    report,
  })
  const rules = rulesOf(tree, checked.value.policy ?? [], report)
  errors.push(...problems.map((problem) => placed(tree, problem)))
  if (errors.length > 0) throw thrown(errors)
  return {
    desired,
    file,
    files: collected.files,
    origins: originsOf(tree, portPaths),
    rules,
    placeOf: (path) => placeOf({ tree, desired, portPaths }, path),
    tree,
    hash: hashOf(desired),
  }
}

function hashOf(desired: Desired): string {
  const sorted = JSON.stringify(desired, (_key, value: unknown) =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
  return `sha256:${createHash('sha256').update(sorted).digest('hex')}`
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && (found.isDirectory() ? 'directory' : 'file')
}

/** Far more than any configuration; a file of this size is something else. */
const maxBytes = 16 * 2 ** 20

function readText(path: string, shown: string): string {
  const bytes = readBytes(path, shown)
  if (bytes.length > maxBytes)
    throw new DesktopError('config/unreadable', `${shown} is too large for a configuration`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DesktopError('config/unreadable', `${shown} is not UTF-8 text`)
  }
}

function readBytes(path: string, shown: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT'
    throw new DesktopError(
      'config/unreadable',
      `${shown}: ${missing ? 'there is no such file' : messageOf(error)}`,
      {
        cause: error,
        ...(missing ? { hint: 'write one with `desktop init`, or name another with -f FILE' } : {}),
      },
    )
  }
}
