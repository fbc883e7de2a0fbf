/** Comparison and formatting of plain values, independent of key order. */
import { maskCredentials } from '../errors/credentials.ts'
import { oneLine } from '../escape.ts'
import type { Cause } from './plan.ts'

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}

export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Formats a value for display, on one line, without credentials. */
export function show(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return maskCredentials(typeof value === 'string' ? oneLine(value) : canonical(value))
}

/** One cause per differing leaf, sorted by path. Lists are compared as a whole, since order matters. */
export function differences(path: string, from: unknown, to: unknown): Cause[] {
  if (isMap(to) && (isMap(from) || from === undefined)) {
    const keys = new Set([...Object.keys(from ?? {}), ...Object.keys(to)])
    return [...keys].sort().flatMap((key) => differences(`${path}.${key}`, from?.[key], to[key]))
  }
  return same(from, to) ? [] : [{ path, from: show(from), to: show(to) }]
}
