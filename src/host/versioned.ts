/** Versioned JSON files: distinguishes a newer format from an older or damaged one. */
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'

/** `desktop-environment/1` → its name and number. */
const split = (format: string): [name: string, version: number] => {
  const [name = '', version = '0'] = format.split('/')
  return [name, Number(version)]
}

/**
 * Parses the object. Throws `state/unreadable` if it is damaged or of another kind, and `state/newer` if a later
 * version of desktop wrote it. A file without `format` is of version 1.
 */
export function parseVersioned(path: string, text: string, format: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DesktopError('state/unreadable', `${path} is not JSON: ${messageOf(cause)}`, { cause })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new DesktopError('state/unreadable', `${path} is not a JSON object`)
  }
  const [name, known] = split(format)
  const [foundName, found] = split(String((value as { format?: unknown }).format ?? format))
  if (foundName !== name || !(found >= 1)) {
    throw new DesktopError('state/unreadable', `${path} is not a ${name} file`)
  }
  if (found > known) {
    throw new DesktopError(
      'state/newer',
      `${path} was written by a newer version of desktop (${foundName}/${found})`,
    )
  }
  return value
}
