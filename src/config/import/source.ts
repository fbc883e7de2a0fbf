/** Parses files of other tools: YAML, which includes JSON. */
import { parseDocument } from 'yaml'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { JsonValue } from '../desired.ts'

export type Settings = Readonly<Record<string, JsonValue>>

/** Throws `import/unreadable`. Aliases and anchors are resolved; an empty file is an empty map. */
export function settingsOf(text: string, file: string): Settings {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new DesktopError('import/unreadable', `${file}: ${reason}`, { cause })
  }
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { prettyErrors: false, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) return refuse(error.message)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
    // JSON has no dates, sets or infinite numbers.
    value = JSON.parse(JSON.stringify(value ?? {}))
  } catch (cause) {
    return refuse(messageOf(cause), cause)
  }
  return isMap(value) ? value : refuse('it is not a map of keys')
}

export const isMap = (value: unknown): value is Settings =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? value : []

export const isSet = (value: JsonValue | undefined): value is JsonValue =>
  value !== undefined &&
  value !== null &&
  value !== '' &&
  !(typeof value === 'object' && Object.keys(value).length === 0)

/** Like `String`, which throws for a map with a key such as `toString`. */
export function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).join(',')
  return isMap(value as JsonValue) ? JSON.stringify(value) : String(value)
}
