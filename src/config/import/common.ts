/** Settings common to several tools: daemon.json, shared folders, proxy variables, names. */
import { homedir } from 'node:os'
import type { JsonValue } from '../desired.ts'
import { ownKeys } from '../origins.ts'
import { formatBytes } from '../units.ts'
import { type Draft, leave, take } from './draft.ts'
import { isMap, isSet, plainText, type Settings } from './source.ts'

/** @param prefix of the keys in the other tool's file */
export function takeDaemon(draft: Draft, daemon: Settings, prefix = ''): void {
  for (const [key, value] of Object.entries(daemon)) {
    const from = `${prefix}${key}`
    const own = key === 'proxies' ? undefined : ownKeys[key]
    if (own !== undefined) take(draft, from, value, ['engine', own], value)
    else if (isMap(value)) {
      if (!isSet(value)) ignore(draft, from)
      for (const [inner, one] of Object.entries(value))
        take(draft, `${from}.${inner}`, one, ['engine', 'config', key, inner], one)
    } else take(draft, from, value, ['engine', 'config', key], value)
  }
}

export function takeShare(
  draft: Draft,
  from: string,
  was: JsonValue,
  share: { source: string; target: string; writable: boolean },
): void {
  if (/\{\{/.test(share.source + share.target)) leave(draft, from, was, templateReason)
  else take(draft, from, was, ['shares'], { ...share }, true)
}

export const templateReason = 'it has a {{template}} of the other tool in it; write the value out'

const proxyVariables: Readonly<Record<string, string>> = {
  http_proxy: 'http',
  https_proxy: 'https',
  no_proxy: 'noProxy',
}

export function takeVariables(draft: Draft, env: Settings): void {
  for (const [name, value] of Object.entries(env)) {
    const proxy = proxyVariables[name.toLowerCase()]
    if (proxy !== undefined) take(draft, `env.${name}`, value, ['engine', 'proxies', proxy], value)
    else leave(draft, `env.${name}`, value, 'the VM has no environment variables; set them on containers')
  }
}

/** Names of the host in Lima and Colima; network.host in desktop. */
const hostNames: ReadonlySet<string> = new Set(['host.lima.internal', 'host.docker.internal'])
export const hostAddress = '192.168.65.254'

export function takeHosts(draft: Draft, prefix: string, hosts: Settings): void {
  for (const [name, value] of Object.entries(hosts)) {
    const from = `${prefix}.${name}`
    if (hostNames.has(name)) draft.ignored.push(from)
    else
      take(
        draft,
        from,
        value,
        ['network', 'dns', 'hosts', name],
        hostNames.has(plainText(value)) ? hostAddress : value,
      )
  }
}

/** `4GiB`, `4G`, `4096MiB` in Lima's syntax: all binary. undefined if it is not a size. */
export function binarySize(value: JsonValue): string | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(plainText(value)) ?? []
  if (number === undefined) return undefined
  const power = unit === '' ? 0 : 'kmgt'.indexOf(unit.toLowerCase()) + 1
  return mebibytes((Number(number) * 1024 ** power) / 2 ** 20)
}

export const mebibytes = (count: number): string => formatBytes(Math.max(0, Math.floor(count)) * 2 ** 20)

/** Reports a key as not imported, unless it has its usual value. */
export function leaveUnless(
  draft: Draft,
  from: string,
  value: JsonValue | undefined,
  usual: readonly JsonValue[],
  reason: string,
): void {
  if (!isSet(value) || usual.includes(value)) draft.ignored.push(from)
  else leave(draft, from, value, reason)
}

/** Imports one key of the other tool. */
export type Taker = (draft: Draft, from: string, value: JsonValue) => void

export const to =
  (...key: string[]): Taker =>
  (draft, from, value) =>
    take(draft, from, value, key, value)

/** Sets the key to a converted value. */
export const toAs =
  (key: readonly string[], as: (value: JsonValue) => JsonValue): Taker =>
  (draft, from, value) =>
    take(draft, from, value, key, as(value))

export const no =
  (reason: string): Taker =>
  (draft, from, value) =>
    leave(draft, from, value, reason)

export const noUnless =
  (usual: readonly JsonValue[], reason: string): Taker =>
  (draft, from, value) =>
    leaveUnless(draft, from, value, usual, reason)

/** Reports a feature that desktop lacks, if it is on; a map without an enabled entry is off. */
export const noWhenOn =
  (reason: string): Taker =>
  (draft, from, value) => {
    const on = isMap(value)
      ? Object.values(value).some((one) => isSet(one) && one !== false)
      : value !== false && value !== 'disabled'
    if (on) leave(draft, from, value, reason)
    else ignore(draft, from)
  }

export const ignore = (draft: Draft, from: string): void => {
  draft.ignored.push(from)
}

export const eachItem =
  (one: Taker): Taker =>
  (draft, from, value) => {
    if (!Array.isArray(value)) leave(draft, from, value, 'it is not a list')
    else for (const [index, item] of value.entries()) one(draft, `${from}[${index}]`, item)
  }

export const withMap =
  (one: (draft: Draft, from: string, map: Settings) => void): Taker =>
  (draft, from, value) => {
    if (isMap(value)) one(draft, from, value)
    else leave(draft, from, value, 'it is not a map')
  }

export const eachMap = (one: (draft: Draft, from: string, item: Settings) => void): Taker =>
  eachItem(withMap(one))

/** Imports DNS servers to `network.dns.upstreams`. */
export const takeServers: Taker = eachItem((draft, from, server) =>
  take(draft, from, server, ['network', 'dns', 'upstreams'], server, true),
)

/** Imports by table; keys about the other tool itself are skipped, unknown keys are reported. */
export function takeBy(
  draft: Draft,
  settings: Settings,
  takers: Readonly<Record<string, Taker>>,
  own: ReadonlySet<string>,
): void {
  for (const [key, value] of Object.entries(settings)) {
    const taker = Object.hasOwn(takers, key) ? takers[key] : undefined
    if (!isSet(value) || own.has(key)) ignore(draft, key)
    else if (taker !== undefined) taker(draft, key, value)
    else if (value === false) ignore(draft, key)
    else leave(draft, key, value, unknownKey)
  }
}

export const unknownKey = 'its meaning is unknown'
export const noKubernetes = 'there is no Kubernetes; run kind or k3d in Docker'
export const noScripts = 'the guest runs no scripts; put their result into an image'

/** Imports mounts of Lima and Colima, which have the same format. */
export function takeMount(draft: Draft, from: string, mount: Settings): void {
  // Both mount a folder at its host path; desktop has no alias for the home folder.
  const source = plainText(mount.location ?? '').replace(/^~(?=\/|$)/, homedir())
  const target = plainText(mount.mountPoint ?? source)
  takeShare(draft, from, { ...mount }, { source, target, writable: mount.writable === true })
}
