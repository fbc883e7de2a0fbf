/** Chooses between reload and restart of dockerd from the changes between daemon.json files. */
import { needsRestart } from '../config/daemon/diff.ts'
import type { JsonValue } from '../config/desired.ts'

/** The least disruptive method for these pairs of old and new file; a missing or damaged file is ignored. */
export function reloadOrRestart(
  pairs: readonly (readonly [from: string | undefined, to: string])[],
): 'reload' | 'restart' {
  const restarts = pairs.some(([from, to]) => {
    const before = parse(from ?? '')
    const after = parse(to)
    return before !== undefined && after !== undefined && needsRestart(before, after)
  })
  return restarts ? 'restart' : 'reload'
}

function parse(text: string): Readonly<Record<string, JsonValue>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
    return isObject ? (value as Record<string, JsonValue>) : undefined
  } catch {
    return undefined
  }
}
