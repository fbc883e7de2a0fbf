/** engine.proxies: the only keys of desktop.yaml with secrets, which are read from elsewhere. */
import { unsafeCharacter } from '../../escape.ts'
import type { JsonValue } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { filePath } from '../normalise/paths.ts'
import type { Context, Report } from '../normalise/report.ts'
import type { Path } from '../read/source.ts'

type RawProxies = NonNullable<NonNullable<DesktopFile['engine']>['proxies']>
type Secret = NonNullable<RawProxies['http']>

export function proxySettings(raw: RawProxies, context: Context): Record<string, JsonValue> {
  const settings: Record<string, JsonValue> = {}
  for (const key of ['http', 'https'] as const) {
    const given = raw[key]
    const path: Path = ['engine', 'proxies', key]
    const value = given === undefined ? undefined : secretText(given, path, context)
    if (value === undefined) continue
    // The error does not show the value, which may contain a password.
    if (!/^https?:\/\/[^\s/]+\/?$/.test(value) || unsafeCharacter(value) !== undefined)
      context.report(path, 'this is not a proxy URL', 'http://HOST:PORT')
    settings[`${key}-proxy`] = value
  }
  if (raw.noProxy !== undefined) settings['no-proxy'] = raw.noProxy
  return settings
}

export function refusePassword(url: string, path: Path, report: Report): void {
  if (!/\/\/[^/@]*:[^/@]*@/.test(url)) return
  report(
    path,
    'passwords are not allowed in this file',
    'use engine.proxies with {fromEnv: NAME} or {fromFile: PATH}',
  )
}

function secretText(secret: Secret, path: Path, context: Context): string | undefined {
  const { env, report } = context
  if (typeof secret === 'string') {
    refusePassword(secret, path, report)
    return secret
  }
  const { fromEnv, fromFile } = secret
  if (fromEnv !== undefined) {
    const value = env[fromEnv]
    if (value === undefined)
      report(
        [...path, 'fromEnv'],
        `the environment variable ${fromEnv} is not set`,
        `set it: export ${fromEnv}=…`,
      )
    return value
  }
  if (fromFile === undefined) return undefined
  const at = [...path, 'fromFile']
  const file = filePath(fromFile, at, context)
  if (!context.mayOpen(file, at)) return undefined
  const read = context.readFile(file)
  if ('text' in read) return read.text.trim()
  report(
    at,
    `${fromFile} cannot be read: ${read.reason}`,
    'use the path of a text file, relative to this file',
  )
  return undefined
}
