/** Which keys of daemon.json differ, and what taking each change costs. */
import { isDeepStrictEqual } from 'node:util'
import type { JsonValue } from '../desired.ts'
import { daemonKeys } from './keys.ts'

type DaemonJson = Readonly<Record<string, JsonValue>>

export interface DaemonChange {
  key: string
  from: JsonValue | undefined
  to: JsonValue | undefined
  effect: 'reload' | 'restart-engine'
}

/**
 * Sorted by key. A reload key that goes away has an effect only if its neutral value is rendered
 * (`withNeutral`); without one (`runtimes`) dockerd keeps the old value, so its removal needs a restart.
 */
export function diffDaemon(from: DaemonJson, to: DaemonJson): DaemonChange[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return keys
    .filter((key) => !isDeepStrictEqual(from[key], to[key]))
    .map((key) => {
      const known = daemonKeys[key]
      const lost = to[key] === undefined && !isDeepStrictEqual(from[key], known?.neutral)
      const effect = known?.effect === 'reload' && !lost ? 'reload' : 'restart-engine'
      return { key, from: from[key], to: to[key], effect }
    })
}

/** The wanted file with the neutral value for each reload key, so that taking one out is a reload as well. */
export function withNeutral(wanted: DaemonJson): Record<string, JsonValue> {
  const neutral = Object.entries(daemonKeys).flatMap(([key, { neutral: value }]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const merged: Record<string, JsonValue> = { ...Object.fromEntries(neutral), ...wanted }
  return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)))
}
