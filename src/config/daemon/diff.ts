/** Changed keys of daemon.json, each with its effect. */
import { isDeepStrictEqual } from 'node:util'
import type { JsonValue } from '../desired.ts'
import { daemonKeys } from '../generated/daemon-keys.ts'

type DaemonJson = Readonly<Record<string, JsonValue>>

export interface DaemonChange {
  key: string
  from: JsonValue | undefined
  to: JsonValue | undefined
  effect: 'reload' | 'restart-engine'
}

/** Sorted by key. An unknown key (a file edited by hand) needs a restart. */
export function diffDaemon(from: DaemonJson, to: DaemonJson): DaemonChange[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return keys
    .filter((key) => !isDeepStrictEqual(from[key], to[key]))
    .map((key) => ({ key, from: from[key], to: to[key], effect: effectOf(key, from[key], to[key]) }))
}

/** Whether changing from `from` to `to` requires a restart of dockerd. */
export const needsRestart = (from: DaemonJson, to: DaemonJson): boolean =>
  diffDaemon(from, to).some(({ effect }) => effect === 'restart-engine')

/**
 * dockerd keeps the old value of most reloadable keys when they are removed. Files from `withNeutral` set them to a
 * neutral value instead; without one, a restart is needed.
 */
function effectOf(
  key: string,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): DaemonChange['effect'] {
  const known = daemonKeys[key]
  if (known?.effect !== 'reload') return 'restart-engine'
  if (key === 'features' && usesContainerdStore(from) !== usesContainerdStore(to)) return 'restart-engine'
  const kept = to === undefined && known.resets !== true && !isDeepStrictEqual(from, known.neutral)
  return kept ? 'restart-engine' : 'reload'
}

/** The only feature that dockerd reads at start only: the image store. */
export function usesContainerdStore(features: JsonValue | undefined): boolean {
  if (features === null || typeof features !== 'object' || Array.isArray(features)) return false
  return features['containerd-snapshotter'] === true
}

/** The desired file, plus a neutral value for each key that a reload would otherwise keep. */
export function withNeutral(wanted: DaemonJson): Record<string, JsonValue> {
  const neutral = Object.entries(daemonKeys).flatMap(([key, { neutral: value }]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const merged = new Map([...neutral, ...Object.entries(wanted)])
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)))
}
