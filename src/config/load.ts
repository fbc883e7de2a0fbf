/** desktop.yaml → Desired, or all mistakes at once: read → merge → schema → semantic checks → values. */

import { createHash } from 'node:crypto'
import { basename, dirname, resolve } from 'node:path'
import { hideFromOutput } from '../errors/credentials.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { loadPatternEngine, type PatternEngine } from '../linear-pattern.ts'
import type { SignatureRules } from '../signatures/required.ts'
import { type Problem, placed, thrown } from './check/problem.ts'
import { checkSchema } from './check/schema.ts'
import type { Desired, MachineHost } from './desired.ts'
import { HiddenValues } from './environment-values.ts'
import { type Collected, type CollectOptions, collect } from './layers/collect.ts'
import { applySet } from './layers/set.ts'
import { normalise } from './normalise/normalise.ts'
import type { Report } from './normalise/report.ts'
import { signatureRules } from './normalise/signatures.ts'
import { type Origins, originsOf } from './origins.ts'
import { placeOf, type Written } from './policy/places.ts'
import { type Rule, rulesOf } from './policy/rule.ts'
import { kindOf, readSmallFile, readText } from './read/files.ts'
import type { FileName } from './read/project-tree.ts'
import type { Path } from './read/source.ts'
import { find, locate, pathText, type Tree } from './read/tree.ts'

export interface LoadOptions {
  /** As given by the user, at least one; later files override earlier ones. */
  files: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** `--set` arguments, e.g. `vm.cpus=4`; they override all files. */
  sets?: readonly string[]
  /** Files and folders outside the project that the configuration may reference. */
  allowPaths?: readonly string[] | undefined
  /** Variables whose values may be shown. */
  allowEnv?: readonly string[] | undefined
}

export interface LoadedConfig {
  desired: Desired
  /** Machines of `vms`; empty without `vms`. */
  machines: readonly Desired[]
  /** Other hosts of the file. */
  hosts: readonly MachineHost[]
  /** Absolute path of the first file; the default environment name comes from its folder. */
  file: string
  /** Absolute paths of all files that were read, extended ones included, lowest layer first. */
  files: readonly string[]
  origins: Origins
  /** Rules of `policy:`. */
  rules: readonly Rule[]
  /** Rules of `signatures:`. */
  signatures: SignatureRules
  /** Location of a value that rules see. */
  placeOf: (path: Path) => Written
  /** The merged files with source locations, for `config show`. */
  tree: Tree
  /** Values that are used but not shown. */
  hidden: HiddenValues
  /** `sha256:…` of the effective configuration; independent of comments and key order. */
  hash: string
}

/** Throws a DesktopError with all further mistakes in `others`. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const files = options.files.map((file) => ({ shown: file, path: resolve(file) }))
  const { env, sets = [], allowPaths, allowEnv } = options
  const gathered = gather(files, { env, readFile: readText, allowPaths, allowEnv }, sets)
  const hasPatterns = find(gathered.tree, ['policy']) !== undefined
  const loaded = judge(gathered, options, hasPatterns ? await loadPatternEngine() : undefined)
  hideFromOutput((text) => loaded.hidden.hide(text))
  return loaded
}

/** Evaluates a single text: its environment, or the first machine. */
export function configOf(file: {
  file: string
  path: string
  text: string
  env: LoadOptions['env']
}): Desired {
  const readFile = (path: string, shown: string): string =>
    path === file.path ? file.text : readText(path, shown)
  const { desired, machines } = evaluate([{ shown: file.file, path: file.path }], file, readFile)
  return machines[0] ?? desired
}

/** The pipeline itself. Reads files through `readFile` only, except for secret references. */
export function evaluate(
  files: readonly FileName[],
  { env, sets = [], patterns, ...allowed }: Omit<LoadOptions, 'files'> & { patterns?: PatternEngine },
  readFile: CollectOptions['readFile'],
): LoadedConfig {
  return judge(gather(files, { env, readFile, ...allowed }, sets), { env, ...allowed }, patterns)
}

export type Gathered = Omit<Collected, 'whole'> & { file: string }

/** Merges files and arguments to one tree. */
function gather(files: readonly FileName[], options: CollectOptions, sets: readonly string[]): Gathered {
  const collected = collect(files, options)
  if (!collected.whole) throw thrown(collected.errors)
  const errors = [...collected.errors]
  let { tree } = collected
  for (const argument of sets) {
    const outcome = applySet(tree, argument, process.cwd(), options.env)
    if ('errors' in outcome) errors.push(...outcome.errors)
    else tree = outcome.tree
  }
  return { tree, errors, files: collected.files, file: files[0]?.path ?? '' }
}

/** Checks the schema, then semantics, then values; reports all mistakes at once. */
export function judge(
  { tree, errors: found, files, file }: Gathered,
  { env, allowEnv }: Pick<LoadOptions, 'env' | 'allowEnv'>,
  patterns: PatternEngine | undefined,
): LoadedConfig {
  const errors = [...found]
  const hidden = new HiddenValues(tree, env, allowEnv)
  const checked = checkSchema(tree)
  const problems: Problem[] = [...checked.problems]
  const report: Report = (path, message, hint, at = 'value') => {
    problems.push({ code: 'config/bad-value', path, message, at, ...(hint === undefined ? {} : { hint }) })
  }
  const mayOpen = (named: string, path: Path): boolean => {
    const { project } = locate(tree, path, 'value').source
    if (project === undefined || project.allows(named)) return true
    const message = `${named} is outside the project ${project.root}`
    const hint = `to allow it, add --allow-path ${named}`
    problems.push({ code: 'config/outside-tree', path, message, at: 'value', hint })
    return false
  }
  const { desired, machines, hosts, portPaths } = normalise(checked.value, {
    folder: basename(dirname(file)),
    directoryOf: (path) => locate(tree, path, 'value').source.directory,
    has: (path) => find(tree, path) !== undefined,
    env,
    mayOpen,
    readFile: readSmallFile,
    kindOf,
    report,
  })
  const rules = rulesOf(tree, checked.value.policy ?? [], report, patterns)
  const signatures = signatureRules(checked.value.signatures ?? {}, basename(file), report)
  errors.push(
    ...problems.slice(0, maxProblems).map((problem) => placed(tree, withoutValue(problem, tree, hidden))),
  )
  if (errors.length > 0) throw thrown(errors.map((error) => hiding(error, hidden)))
  return {
    desired,
    machines,
    hosts,
    file,
    files,
    origins: originsOf(tree, portPaths, hidden),
    rules,
    signatures,
    placeOf: (path) => placeOf({ tree, desired, portPaths, hidden }, path),
    tree,
    hidden,
    hash: hashOf(machines.length === 0 ? desired : machines),
  }
}

function hashOf(desired: Desired | readonly Desired[]): string {
  const sorted = JSON.stringify(desired, (_key, value: unknown) =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
  return `sha256:${createHash('sha256').update(sorted).digest('hex')}`
}

/** Removes a value that comes from the environment from its error message. */
function withoutValue(problem: Problem, tree: Tree, hidden: HiddenValues): Problem {
  const { path, unquoted, hint: _hint, ...rest } = problem
  const names = problem.at === 'key' ? [] : hidden.namesIn(find(tree, path))
  if (names.length === 0) return problem
  const why = unquoted ?? `${pathText(path)} has a value that is not accepted there`
  return { ...rest, path, message: `${why}; it comes from the environment (${names.join(', ')})` }
}

/** Masks values of other keys that a message quotes. */
function hiding(error: DesktopError, hidden: HiddenValues): DesktopError {
  const { code, message, hint, at, cause } = error
  return new DesktopError(code, hidden.hide(message), {
    cause,
    ...(hint === undefined ? {} : { hint: hidden.hide(hint) }),
    ...(at === undefined ? {} : { at }),
  })
}

/** Nobody fixes more at a time. */
const maxProblems = 100
