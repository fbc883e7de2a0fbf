/** Networks, configs and secrets, of which the engine changes at most the labels. Pure. */
import type { JsonValue } from '../../config/desired.ts'
import type { LiveObjects } from '../../observe/stacks.ts'
import type { Cause } from '../plan.ts'
import { canonical, differences } from '../values.ts'
import { type JsonMap, listOf, mapOf } from './compose-keys.ts'
import type { Spec } from './wanted.ts'
import { notShown } from './written.ts'

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
  { Labels, Data, Driver, Templating }: Spec,
  type: 'network' | 'config' | 'secret',
): SupportChange {
  const { [contentLabel]: digest, ...labels } = (Labels ?? {}) as Record<string, string>
  const { [contentLabel]: oldDigest, ...old } = has.labels
  const isSame = type === 'config' ? (has.data ?? '') === (Data ?? '') : oldDigest === digest
  if (!isSame) return { kind: 'other', what: 'content' }
  if (!sameDriver(has.driver, Driver)) return { kind: 'other', what: 'driver' }
  if (!sameDriver(has.templating, Templating)) return { kind: 'other', what: 'template_driver' }
  const causes = differences('labels', old, labels).map((cause) => ({
    ...cause,
    from: cause.from === undefined ? undefined : notShown,
  }))
  return causes.length === 0 ? { kind: 'same' } : { kind: 'labels', causes }
}

function sameDriver(has: Content['driver'], wanted: JsonValue | undefined): boolean {
  const { Name, Options } = mapOf(wanted)
  if (typeof Name !== 'string' || Name === '') return has === undefined
  return has?.name === Name && canonical(has.options) === canonical(mapOf(Options))
}

export function networkChange(has: Spec, wanted: Spec): SupportChange {
  const what = networkKeys.find(([, isSame]) => !isSame(has, wanted))?.[0]
  return what === undefined ? { kind: 'same' } : { kind: 'other', what }
}

type Same = (has: Spec, wanted: Spec) => boolean

const flag =
  (name: string): Same =>
  (has, wanted) =>
    (has[name] ?? false) === (wanted[name] ?? false)

/** Without a driver, the engine chooses one. */
const sameName = (has: JsonValue | undefined, wanted: JsonValue | undefined): boolean =>
  wanted === undefined || wanted === null || wanted === '' || has === wanted

/** Keys that a compose file can set. */
const networkKeys: readonly (readonly [key: string, Same])[] = [
  ['driver', (has, wanted) => sameName(has.Driver, wanted.Driver)],
  ['internal', flag('Internal')],
  ['attachable', flag('Attachable')],
  ['enable_ipv6', flag('EnableIPv6')],
  ['driver_opts', (has, wanted) => sameOptions(mapOf(has.Options), mapOf(wanted.Options))],
  ['labels', (has, wanted) => canonical(mapOf(has.Labels)) === canonical(mapOf(wanted.Labels))],
  ['ipam', (has, wanted) => sameIpam(mapOf(has.IPAM), mapOf(wanted.IPAM))],
]

/** Ids of the VXLANs, which the engine assigns if the file does not. */
const assigned = 'com.docker.network.driver.overlay.vxlanid_list'

function sameOptions({ [assigned]: ids = null, ...has }: JsonMap, wanted: JsonMap): boolean {
  const chosen = wanted[assigned] === undefined ? has : { ...has, [assigned]: ids }
  return canonical(chosen) === canonical(wanted)
}

/** Without subnets in the file, the engine assigns them, so that a removed one is not seen. */
function sameIpam(has: JsonMap, wanted: JsonMap): boolean {
  const subnets = listOf(wanted.Config)
  const there = listOf(has.Config)
  return (
    sameName(has.Driver, wanted.Driver) &&
    canonical(mapOf(has.Options)) === canonical(mapOf(wanted.Options)) &&
    (subnets.length === 0 || subnets.length === there.length) &&
    subnets.every((one, index) => sameSubnet(mapOf(there[index]), mapOf(one)))
  )
}

/** The engine adds a gateway. */
const sameSubnet = (has: JsonMap, wanted: JsonMap): boolean =>
  Object.entries(wanted).every(
    ([key, value]) => isUnset(value) || canonical(has[key] ?? null) === canonical(value),
  )

const isUnset = (value: JsonValue): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
