/** Differences between a service of the file and the engine's, by compose key. Pure. */
import type { JsonValue } from '../../config/desired.ts'
import { canonical, show } from '../values.ts'
import { defaults } from './compose-keys.ts'
import { tagged, tagOf } from './image.ts'
import { type KeysOptions, serviceKeys, type TaskEffect } from './service-keys.ts'
import type { Spec } from './wanted.ts'
import { mayHoldSecrets, notShown } from './written.ts'

export interface KeyChange {
  /** Compose key below the service: `deploy.replicas`. */
  key: string
  from: string | undefined
  to: string | undefined
  tasks: TaskEffect
}

/** Sorted by key. */
export function serviceChanges(has: Spec, wanted: Spec, options: KeysOptions): KeyChange[] {
  const from = serviceKeys(has, options)
  const to = serviceKeys(wanted, options)
  return [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((key): KeyChange[] => {
    const old = from.get(key)
    const next = to.get(key)
    const isSame =
      key === 'image'
        ? sameImage(old?.value, next?.value)
        : old !== undefined && next !== undefined && canonical(old.value) === canonical(next.value)
    if (isSame) return []
    return [
      {
        key,
        from: before(key, old?.value ?? defaults[key]),
        to: after(key, next?.value ?? defaults[key]),
        tasks: (next ?? old)?.tasks ?? 'none',
      },
    ]
  })
}

/** A tag that the engine resolved to a digest is still that tag. */
function sameImage(has: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  if (typeof has !== 'string' || typeof wanted !== 'string') return has === wanted
  return has === wanted || tagOf(has) === tagged(wanted)
}

/** The swarm does not record which values came from variables, e.g. a token in the command. */
function before(key: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  return mayHoldSecrets(key) ? notShown : show(value)
}

/** Environment variables often hold passwords, so their values are never shown. */
function after(key: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  return key.startsWith('environment.') ? notShown : show(value)
}
