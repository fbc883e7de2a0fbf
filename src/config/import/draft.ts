/** Settings imported from another tool's file, one by one; each is added only if the result stays valid. */
import { stringify } from 'yaml'
import { maskCredentials } from '../../errors/credentials.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { JsonValue } from '../desired.ts'
import { evaluate } from '../load.ts'

/** A setting of the other tool, imported to a key of desktop.yaml. */
export interface Taken {
  /** Key of the other tool, e.g. `memoryMiB` or `portForwards[0]`. */
  from: string
  /** Key of desktop.yaml; list items are added one by one. */
  key: readonly string[]
  value: JsonValue
  /** Original setting, on one line, without credentials. */
  was: string
}

export interface Left {
  from: string
  was: string
  reason: string
}

export interface Draft {
  /** The file as a value, in key order. */
  file: Record<string, JsonValue>
  taken: Taken[]
  /** Settings without a counterpart, with the reason. */
  left: Left[]
  /** Settings about the other tool itself. */
  ignored: string[]
  /** Differences without a corresponding key. */
  notes: string[]
}

export const emptyDraft = (name: string): Draft => ({
  file: { apiVersion: 'desktop/v1', name },
  taken: [],
  left: [],
  ignored: [],
  notes: [],
})

/** Sets a key, or appends to its list. Reports a value as left if it would make the file invalid. */
export function take(
  draft: Draft,
  from: string,
  was: unknown,
  key: readonly string[],
  value: JsonValue,
  list = false,
): void {
  const file = put(draft.file, key, value, list)
  const mistake = firstMistake(file)
  if (mistake !== undefined) {
    leave(draft, from, was, mistake)
    return
  }
  draft.file = file
  draft.taken.push({ from, key, value, was: shown(was) })
}

export function leave(draft: Draft, from: string, was: unknown, reason: string): void {
  draft.left.push({ from, was: shown(was), reason: maskCredentials(reason) })
}

function put(
  map: Readonly<Record<string, JsonValue>>,
  [key = '', ...rest]: readonly string[],
  value: JsonValue,
  list: boolean,
): Record<string, JsonValue> {
  const before = Object.hasOwn(map, key) ? map[key] : undefined
  const isMap = before !== null && typeof before === 'object' && !Array.isArray(before)
  const after =
    rest.length > 0
      ? put(isMap ? before : {}, rest, value, list)
      : list
        ? [...(Array.isArray(before) ? before : []), value]
        : value
  return Object.fromEntries([...Object.entries(map), [key, after]])
}

function firstMistake(file: Readonly<Record<string, JsonValue>>): string | undefined {
  try {
    evaluate([{ shown: 'import', path: '/import/desktop.yaml' }], { env: {} }, () => yamlOf(file))
    return undefined
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    const { message, hint } = error
    // A key planned for a later version is not the user's mistake.
    return hint === undefined || message.includes('is planned') ? message : `${message} (${hint})`
  }
}

/** Escapes `${`, which is a variable only in desktop.yaml. */
export const escaped = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return value.replaceAll('${', '$${')
  if (Array.isArray(value)) return value.map(escaped)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]))
}

const yamlOf = (file: Readonly<Record<string, JsonValue>>): string =>
  stringify(escaped({ ...file }), { aliasDuplicateObjects: false, lineWidth: 0 })

const longest = 60

/** On one line, safe for a YAML comment. */
export function shown(value: unknown): string {
  const text = maskCredentials(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'))
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text
}
