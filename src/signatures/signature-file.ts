/** Signature files: FILE.minisig next to FILE. */
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf, systemCode } from '../errors/system.ts'
import { readRegularFile } from '../host/regular-file.ts'

/** A signature file has about 300 bytes; its comment may be longer. */
const maxBytes = 16 * 1024

export const signaturePath = (path: string): string => `${path}.minisig`

/** undefined if there is none; throws `signature/unreadable` if it cannot be read. */
export function readSignature(path: string): string | undefined {
  const file = signaturePath(path)
  try {
    return readRegularFile(file, { maxBytes }).toString('utf8')
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw new DesktopError('signature/unreadable', messageOf(cause), { cause })
  }
}
