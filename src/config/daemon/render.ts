/** engine.* → the daemon.json that the guest gets. */
import { resolve } from 'node:path'
import { parseSubnet } from '../addresses.ts'
import type { JsonValue } from '../desired.ts'
import { didYouMean } from '../nearest.ts'
import type { Report } from '../report.ts'
import type { DesktopFile } from '../types.ts'
import { withNeutral } from './diff.ts'
import { type DaemonType, daemonKeys, hasDaemonType, refusedDaemonKeys } from './keys.ts'

type RawEngine = NonNullable<DesktopFile['engine']>
type Secret = NonNullable<NonNullable<RawEngine['proxies']>['http']>

export interface SecretSources {
  env: Readonly<Record<string, string | undefined>>
  /** Folder of desktop.yaml. */
  directory: string
  /** Text of a file, or undefined when it cannot be read. */
  readFile: (path: string) => string | undefined
}

const typeNames: Readonly<Record<DaemonType, string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  string: 'text',
  strings: 'a list of texts',
  object: 'a map',
  objects: 'a list of maps',
}

/** Keys with a place of their own in desktop.yaml, and that place. */
const ownPlace: Readonly<Record<string, keyof RawEngine>> = {
  'registry-mirrors': 'registryMirrors',
  'insecure-registries': 'insecureRegistries',
  'default-address-pools': 'addressPools',
  proxies: 'proxies',
}

export function renderDaemon(
  raw: RawEngine,
  secrets: SecretSources,
  report: Report,
): Record<string, JsonValue> {
  const given = (raw.config ?? {}) as Record<string, JsonValue>
  for (const [key, value] of Object.entries(given)) checkKey(key, value, raw, report)
  const daemon: Record<string, JsonValue> = { ...given }
  if (raw.registryMirrors !== undefined) daemon['registry-mirrors'] = raw.registryMirrors
  if (raw.insecureRegistries !== undefined) daemon['insecure-registries'] = raw.insecureRegistries
  if (raw.addressPools !== undefined) {
    for (const [i, pool] of raw.addressPools.entries()) checkPool(pool, i, report)
    daemon['default-address-pools'] = raw.addressPools.map(({ base, size }) => ({ base, size }))
  }
  const proxies = proxySettings(raw.proxies ?? {}, secrets, report)
  if (Object.keys(proxies).length > 0) daemon.proxies = proxies
  raw.registryMirrors?.forEach((mirror, i) => {
    if (!/^https?:\/\/[^/\s]+\/?$/.test(mirror)) {
      report(
        ['engine', 'registryMirrors', i],
        `"${mirror}" is not a registry URL`,
        'write http(s)://HOST[:PORT], without a path',
      )
    }
  })
  return withNeutral(daemon)
}

function checkKey(key: string, value: JsonValue, raw: RawEngine, report: Report): void {
  const path = ['engine', 'config', key]
  const refused = refusedDaemonKeys[key]
  if (refused !== undefined) {
    report(path, `"${key}" cannot be set: ${refused}`, undefined, 'key')
    return
  }
  const known = daemonKeys[key]
  if (known === undefined) {
    report(path, `dockerd knows no key "${key}"`, didYouMean(key, Object.keys(daemonKeys)), 'key')
    return
  }
  if (!hasDaemonType(value, known.type)) report(path, `${key} must be ${typeNames[known.type]}`)
  const place = ownPlace[key]
  if (place !== undefined && raw[place] !== undefined)
    report(path, `${key} is set by engine.${place} too`, 'keep one of the two', 'key')
}

function checkPool({ base, size }: { base: string; size: number }, index: number, report: Report): void {
  const subnet = parseSubnet(base)
  const path = ['engine', 'addressPools', index]
  if (subnet === undefined)
    report([...path, 'base'], `"${base}" is not an IPv4 network`, 'e.g. 172.18.0.0/16')
  else if (size < subnet.prefix) report([...path, 'size'], `networks of /${size} do not fit into ${base}`)
}

function proxySettings(
  raw: NonNullable<RawEngine['proxies']>,
  secrets: SecretSources,
  report: Report,
): Record<string, JsonValue> {
  const settings: Record<string, JsonValue> = {}
  for (const key of ['http', 'https'] as const) {
    const given = raw[key]
    const value =
      given === undefined ? undefined : secretText(given, ['engine', 'proxies', key], secrets, report)
    if (value !== undefined) settings[`${key}-proxy`] = value
  }
  if (raw.noProxy !== undefined) settings['no-proxy'] = raw.noProxy
  return settings
}

function secretText(
  secret: Secret,
  path: readonly string[],
  { env, directory, readFile }: SecretSources,
  report: Report,
): string | undefined {
  if (typeof secret === 'string') {
    if (/\/\/[^/@]*:[^/@]*@/.test(secret))
      report(path, 'a password does not belong in this file', 'use {fromEnv: NAME} or {fromFile: PATH}')
    return secret
  }
  if (secret.fromEnv !== undefined) {
    const value = env[secret.fromEnv]
    if (value === undefined) report(path, `the environment variable ${secret.fromEnv} is not set`)
    return value
  }
  const file = resolve(directory, secret.fromFile ?? '')
  const value = secret.fromFile === undefined ? undefined : readFile(file)?.trim()
  if (value === undefined)
    report(
      path,
      secret.fromFile === undefined ? 'give fromEnv or fromFile' : `${secret.fromFile} cannot be read`,
    )
  return value
}
