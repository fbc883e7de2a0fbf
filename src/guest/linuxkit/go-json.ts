/** JSON, byte-identical to Go's `MarshalIndent(value, "", "    ")`, which upstream uses. */

export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [key: string]: GoValue }

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

const text = (value: string): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character)

interface JsonOptions {
  /** One level of indentation. */
  step?: string
  /** Indentation of the lines after the first. */
  indent?: string
}

export const isList = (value: GoValue): value is readonly GoValue[] => Array.isArray(value)

/** Members in order; a Map if names could be list indices, which objects put first. */
export function membersOf(value: object): [string, GoValue][] {
  const members: [string, GoValue][] = value instanceof Map ? [...value] : Object.entries(value)
  return members.filter(([, member]) => member !== undefined)
}

/** Undefined members are omitted. */
export function goJson(value: GoValue, { step = '    ', indent = '' }: JsonOptions = {}): string {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return String(value ?? null)
  const deeper = { step, indent: indent + step }
  const parts = isList(value)
    ? value.map((item) => goJson(item, deeper))
    : membersOf(value).map(([key, member]) => `${text(key)}: ${goJson(member, deeper)}`)
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  return `${open}\n${parts.map((part) => deeper.indent + part).join(',\n')}\n${indent}${close}`
}

/** Go's `omitempty`: undefined for a zero value, an empty list or an empty map. */
export function unlessEmpty<T extends GoValue>(value: T): T | undefined {
  if (value === '' || value === false || value === 0 || value === 0n || value === null) return undefined
  if (isList(value)) return value.length === 0 ? undefined : value
  if (typeof value === 'object' && membersOf(value).length === 0) return undefined
  return value
}

/** Go sorts map keys. */
export function sortedMap<T>(map: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
