/** Evaluates rules against the effective configuration. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { maskCredentials } from '../../errors/credentials.ts'
import type { JsonValue } from '../desired.ts'
import type { Path } from '../read/source.ts'
import { pathText } from '../read/tree.ts'
import { magnitudeOf } from './magnitude.ts'
import { matchesGlob, type Pattern } from './pattern.ts'
import type { Rule } from './rule.ts'

/** A violated rule, with the offending value. */
export interface Broken {
  rule: Rule
  /** Path of the value, or the path where it is missing. */
  path: Path | undefined
  /** Actual and required value, without the rule's own message. */
  finding: string
}

/** Replacement for a value that rules in a file must not see; otherwise undefined. */
export type HiddenAt = (path: Path) => string | undefined

/**
 * Rules in a file could extract a secret one character at a time, so for values from the environment they see the
 * replacement. Site rules see the value, without URL credentials.
 */
export function brokenRules(
  rules: readonly Rule[],
  document: JsonValue,
  hiddenAt: HiddenAt = () => undefined,
): Broken[] {
  return rules.flatMap((rule) => {
    const { path, effects, conditions } = rule
    if (path === undefined || effects.length > 0) return []
    const hidden: HiddenAt = rule.site === true ? () => undefined : hiddenAt
    const found = [...valuesAt(document, path)].map((one) => ({ ...one, value: seen(one, hidden) }))
    const missing = conditions.require === true && !found.some(({ value }) => !isEmpty(value))
    if (missing) return [{ rule, path: undefined, finding: `${rule.pathText} must be set` }]
    return found.flatMap(({ path, value }): Broken[] => {
      const asked = isEmpty(value) ? undefined : unmet(rule, value)
      return asked === undefined
        ? []
        : [{ rule, path, finding: `${pathText(path)} is ${hiddenAt(path) ?? shown(value)}; ${asked}` }]
    })
  })
}

/** The value as seen by a rule. Numbers, sizes and durations can be compared, since they are not secrets. */
function seen({ path, value }: { path: Path; value: JsonValue }, hiddenAt: HiddenAt): JsonValue {
  if (typeof value === 'string') {
    return (magnitudeOf(value) === undefined ? hiddenAt(path) : undefined) ?? maskCredentials(value)
  }
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value))
    return value.map((inner, i) => seen({ path: [...path, i], value: inner }, hiddenAt))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      seen({ path: [...path, key], value: inner }, hiddenAt),
    ]),
  )
}

/** Longer texts match no pattern, which bounds the total time. */
const maxMatched = 4_096

/** null marks a property that this kind of value lacks, e.g. the port of a unix socket. */
const isEmpty = (value: JsonValue): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

function* valuesAt(
  value: JsonValue,
  pattern: Pattern,
  path: Path = [],
): Generator<{ path: Path; value: JsonValue }> {
  const step = pattern[path.length]
  if (step === undefined) {
    yield { path, value }
    return
  }
  if (value === null || typeof value !== 'object') return
  const list = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    const name = list ? Number(key) : key
    if (matchesGlob(step, key)) yield* valuesAt(inner, pattern, [...path, name])
  }
}

/** The first unmet condition, as a requirement. */
function unmet({ conditions }: Rule, value: JsonValue): string | undefined {
  const { allow, deny, min, max, matches } = conditions
  if (allow !== undefined && !allow.some((one) => isLike(one, value))) {
    return allow.length === 0 ? 'no value is allowed there' : `allowed: ${allow.map(shown).join(', ')}`
  }
  if (deny?.some((one) => isLike(one, value))) return `denied: ${deny.map(shown).join(', ')}`
  const found = magnitudeOf(value)
  if (min !== undefined && !(found?.kind === min.value.kind && found.amount >= min.value.amount))
    return `at least ${min.text} is required`
  if (max !== undefined && !(found?.kind === max.value.kind && found.amount <= max.value.amount))
    return `at most ${max.text} is allowed`
  const text = typeof value === 'object' ? undefined : String(value)
  if (matches !== undefined && !(text !== undefined && text.length <= maxMatched && matches.test(text)))
    return `it must match ${matches.source}`
  return undefined
}

/** Equal, the same size in another unit, or matched by the wildcard. */
function isLike(wanted: JsonValue, value: JsonValue): boolean {
  if (typeof wanted === 'string' && typeof value !== 'object' && matchesGlob(wanted, String(value)))
    return true
  const [a, b] = [magnitudeOf(wanted), magnitudeOf(value)]
  if (a !== undefined && b !== undefined) return a.kind === b.kind && a.amount === b.amount
  return isDeepStrictEqual(wanted, value)
}

const shown = (value: JsonValue): string =>
  maskCredentials(typeof value === 'string' ? value : JSON.stringify(value))
