/** engine.trustedCertificates: PEM texts, inline or in files, split into single certificates. */
import { X509Certificate } from 'node:crypto'
import { messageOf } from '../../errors/system.ts'
import type { Path } from '../read/source.ts'
import { filePath } from './paths.ts'
import type { Context } from './report.ts'

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

export function certificates(raw: readonly string[], context: Context): string[] {
  const found = raw.flatMap((given, index) => {
    const path: Path = ['engine', 'trustedCertificates', index]
    // The schema has already reported it.
    if (typeof given !== 'string') return []
    if (given.includes('-----BEGIN')) return certificatesOf(given, path, context)
    const file = filePath(given, path, context)
    if (!context.mayOpen(file, path)) return []
    const read = context.readFile(file)
    if ('text' in read) return certificatesOf(read.text, path, context)
    context.report(
      path,
      `${given} cannot be read: ${read.reason}`,
      'use the path of a PEM file, relative to this one',
    )
    return []
  })
  return [...new Set(found)]
}

function certificatesOf(text: string, path: Path, { report }: Context): string[] {
  if (text.includes('PRIVATE KEY-----')) {
    report(path, 'this contains a private key', 'use only the certificate, without its key')
    return []
  }
  const parts = partsOf(text)
  if (parts.length === 0) {
    const hint = 'it begins with -----BEGIN CERTIFICATE-----; openssl x509 -inform der turns others into it'
    report(path, 'this is not a PEM certificate', hint)
  }
  return parts.flatMap((part) => {
    try {
      return [new X509Certificate(part).toString()]
    } catch (error) {
      report(
        path,
        `it contains an invalid certificate: ${messageOf(error)}`,
        'export it again: openssl x509 -in FILE -out FILE.pem',
      )
      return []
    }
  })
}

/** By index, not by a regular expression, which would take quadratic time on a file with only BEGIN lines. */
function partsOf(text: string): string[] {
  return text.split(begin).flatMap((part, index) => {
    const at = index === 0 ? -1 : part.indexOf(end)
    return at < 0 ? [] : [`${begin}${part.slice(0, at)}${end}`]
  })
}
