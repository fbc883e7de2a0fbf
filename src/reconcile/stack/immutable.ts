/** Networks, configs and secrets, of which the engine changes at most the labels. Pure. */
import type { JsonValue } from '../../config/desired.ts'
import type { LiveObjects } from '../../observe/stacks.ts'
import type { Cause } from '../plan.ts'
import { canonical, differences } from '../values.ts'
import type { Spec } from './wanted.ts'

/** `labels`: can be changed. `other`: only under another name. */
export type SupportChange =
  | { kind: 'same' }
  | { kind: 'labels'; causes: readonly Cause[] }
  | { kind: 'other'; what: string }

/** Label with a salted digest of a secret's content, which the engine does not return. */
export const contentLabel = 'desktop.content'

type Content = LiveObjects['configs'][number]

export function contentChange(
  has: Content,
  { Labels, Data }: Spec,
  type: 'network' | 'config' | 'secret',
): SupportChange {
  const { [contentLabel]: digest, ...labels } = (Labels ?? {}) as Record<string, string>
  const { [contentLabel]: oldDigest, ...old } = has.labels
  const isSame = type === 'config' ? (has.data ?? '') === (Data ?? '') : oldDigest === digest
  if (!isSame) return { kind: 'other', what: 'content' }
  const causes = differences('labels', old, labels)
  return causes.length === 0 ? { kind: 'same' } : { kind: 'labels', causes }
}

/** Keys that a compose file can set; the engine adds others, such as subnets. */
const keys: Readonly<Record<string, string>> = {
  Driver: 'driver',
  Internal: 'internal',
  Attachable: 'attachable',
  EnableIPv6: 'enable_ipv6',
  Options: 'driver_opts',
  Labels: 'labels',
  IPAM: 'ipam',
}

export function networkChange(has: Spec, wanted: Spec): SupportChange {
  for (const [key, what] of Object.entries(keys))
    if (!includes(has[key], wanted[key])) return { kind: 'other', what }
  return { kind: 'same' }
}

/** Whether all set values of `wanted` are in `has`. */
function includes(has: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  if (wanted === undefined || wanted === null || wanted === '') return true
  if (Array.isArray(wanted))
    return wanted.every((one, index) => includes(Array.isArray(has) ? has[index] : undefined, one))
  if (typeof wanted === 'object') {
    const there = has !== null && typeof has === 'object' && !Array.isArray(has) ? has : {}
    return Object.entries(wanted).every(([key, value]) => includes(there?.[key], value))
  }
  return canonical(has ?? false) === canonical(wanted)
}
