/** signatures: artefacts that must be signed, and the trusted keys. */
import { parsePublicKey } from '../../signatures/minisign.ts'
import type { SignatureRules } from '../../signatures/required.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Report } from './report.ts'

/** @param from names the file in errors */
export function signatureRules(
  { keys = [], require = [] }: NonNullable<DesktopFile['signatures']>,
  from: string,
  report: Report,
): SignatureRules {
  keys.forEach((key, index) => {
    if (parsePublicKey(key) === undefined)
      report(
        ['signatures', 'keys', index],
        'is not a minisign public key',
        'copy the line that begins with RW',
      )
  })
  if (require.length > 0 && keys.length === 0)
    report(
      ['signatures', 'require'],
      'no key is listed, so no signature could be accepted',
      'add signatures.keys',
    )
  return { keys, require, from }
}
