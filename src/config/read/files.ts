/** Reads configuration files: size-limited, regular, UTF-8; messages use the user's file names. */
import { statSync } from 'node:fs'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { readRegularFile } from '../../host/regular-file.ts'
import { nearbyFile } from '../nearby-file.ts'

export function readSmallFile(path: string): { text: string } | { reason: string } {
  let bytes: Buffer
  try {
    bytes = readRegularFile(path, { maxBytes: maxConfigBytes })
  } catch (error) {
    return { reason: systemCode(error) === 'ENOENT' ? 'no such file' : messageOf(error) }
  }
  const text = utf8Text(bytes)
  return text === undefined ? { reason: notUtf8 } : { text }
}

const notUtf8 = 'it is not UTF-8 text'

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

export function kindOf(path: string): 'file' | 'directory' | 'special' | undefined {
  try {
    const found = statSync(path)
    if (found.isFile()) return 'file'
    return found.isDirectory() ? 'directory' : 'special'
  } catch {
    return undefined
  }
}

/** Far above the size of any real configuration. */
export const maxConfigBytes: number = 2 ** 20

export function readText(path: string, shown: string, ifMissing: string = missingHint(path)): string {
  const text = utf8Text(readBytes(path, shown, ifMissing))
  if (text === undefined) throw new DesktopError('config/unreadable', `${shown} is not UTF-8 text`)
  return text
}

function readBytes(path: string, shown: string, ifMissing: string): Buffer {
  try {
    return readRegularFile(path, { maxBytes: maxConfigBytes })
  } catch (error) {
    if (error instanceof DesktopError) throw new DesktopError(error.code, error.message.replace(path, shown))
    const missing = systemCode(error) === 'ENOENT'
    throw new DesktopError('config/unreadable', `${shown}: ${missing ? 'no such file' : messageOf(error)}`, {
      cause: error,
      ...(missing ? { hint: ifMissing } : {}),
    })
  }
}

function missingHint(path: string): string {
  const nearby = nearbyFile(path)
  return nearby === undefined
    ? 'create one with `desktop init`, or choose a file with -f FILE'
    : `did you mean -f ${nearby}? \`desktop init\` writes one here`
}
