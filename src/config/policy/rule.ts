/** Reads and checks the rules under `policy:`. */
import type { FileRange } from '../../errors/desktop-error.ts'
import type { LinearPattern, PatternEngine } from '../../linear-pattern.ts'
import type { JsonValue } from '../desired.ts'
import type { Effect } from '../effects.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Report } from '../normalise/report.ts'
import { fileRange } from '../read/source.ts'
import { locate, type Tree } from '../read/tree.ts'
import { type Magnitude, magnitudeOf } from './magnitude.ts'
import { type Pattern, parsePattern, unknownPath } from './pattern.ts'

export type RawRule = NonNullable<DesktopFile['policy']>[number]

export interface Rule {
  name: string
  message: string | undefined
  severity: 'error' | 'warn'
  /** Path of the checked values; with `effects`, of the causes of an operation. */
  path: Pattern | undefined
  /** Path as written. */
  pathText: string | undefined
  /** Rule of the host's administrator, which also sees values that are masked for rules in files. */
  site?: true
  /** Effects that a plan must not contain. */
  effects: readonly Effect[]
  /** All given conditions must hold. */
  conditions: Conditions
  at: FileRange
}

export interface Conditions {
  require?: true
  allow?: readonly JsonValue[]
  deny?: readonly JsonValue[]
  min?: { text: string; value: Magnitude }
  max?: { text: string; value: Magnitude }
  matches?: LinearPattern
}

/** Limit, since each rule is checked against each value. */
const maxRules = 1_000

/**
 * Reports all mistakes and drops rules that have one. Holes in `raw` are rules that the schema rejected.
 * @param patterns required for rules with `matches`
 */
export function rulesOf(
  tree: Tree,
  raw: readonly RawRule[],
  report: Report,
  patterns: PatternEngine | undefined,
): Rule[] {
  if (raw.length > maxRules) {
    report(['policy'], `${raw.length} rules exceed the limit`, `${maxRules} are allowed`)
    return []
  }
  const rules: Rule[] = []
  const names = new Set<string>()
  raw.forEach((one, index) => {
    const at = ['policy', index] as const
    if (names.has(one.name))
      report([...at, 'name'], `there is already a rule "${one.name}"`, 'give it another name')
    names.add(one.name)
    const tell = (key: keyof RawRule, message: string, hint: string): undefined =>
      void report([...at, key], `rule ${one.name}: ${message}`, hint)
    const conditions = conditionsOf(one, tell, patterns)
    const path = one.path === undefined ? undefined : pathOf(one.path, tell)
    const effects = [one.effect ?? []].flat()
    const empty = conditions !== undefined && Object.keys(conditions).length === 0
    if (effects.length > 0 && !empty) {
      tell(
        'effect',
        'a rule that denies operations of a plan has no condition but path',
        'split it into two rules',
      )
    } else if (effects.length === 0 && one.path === undefined) {
      tell('name', 'it has neither path nor effect', 'add path: KEY with a condition, or effect: recreate')
    } else if (effects.length === 0 && empty) {
      tell('path', 'has no condition', 'add require, allow, deny, min, max or matches')
    }
    if (conditions === undefined || (one.path !== undefined && path === undefined)) return
    rules.push({
      name: one.name,
      message: one.message,
      severity: one.severity ?? 'error',
      path,
      pathText: one.path,
      effects,
      conditions,
      at: fileRange(locate(tree, [...at, 'name'], 'value')),
    })
  })
  return rules
}

type Tell = (key: keyof RawRule, message: string, hint: string) => undefined

function pathOf(text: string, tell: Tell): Pattern | undefined {
  const pattern = parsePattern(text)
  if (pattern === undefined) {
    return tell(
      'path',
      `"${text}" is not a path`,
      'write it as vm.memory, ports[*].address or guest.sysctl["*"]',
    )
  }
  const unknown = unknownPath(pattern)
  return unknown === undefined ? pattern : tell('path', unknown.message, unknown.hint)
}

function conditionsOf(raw: RawRule, tell: Tell, patterns: PatternEngine | undefined): Conditions | undefined {
  const conditions: Conditions = {}
  let whole = true
  if (raw.require === true) conditions.require = true
  if (raw.allow !== undefined) conditions.allow = [raw.allow].flat() as JsonValue[]
  if (raw.deny !== undefined) conditions.deny = [raw.deny].flat() as JsonValue[]
  for (const key of ['min', 'max'] as const) {
    const bound = raw[key]
    if (bound === undefined) continue
    const value = magnitudeOf(bound)
    if (value !== undefined) conditions[key] = { text: String(bound), value }
    else {
      tell(key, `"${bound}" is neither a number, a size nor a duration`, 'write 8, 8GiB or 30s')
      whole = false
    }
  }
  const { min, max } = conditions
  if (
    min !== undefined &&
    max !== undefined &&
    (min.value.kind !== max.value.kind || min.value.amount > max.value.amount)
  ) {
    tell('min', `nothing is from ${min.text} to ${max.text}`, 'lower min, or raise max')
  }
  if (raw.matches !== undefined) {
    if (patterns === undefined) throw new Error('the engine for patterns was not loaded')
    const pattern = patterns(raw.matches)
    if (pattern !== undefined) conditions.matches = pattern
    else {
      tell('matches', `"${raw.matches}" is not a regular expression`, 'RE2 syntax, e.g. ^https://')
      whole = false
    }
  }
  return whole ? conditions : undefined
}
