/** engine.trustedCertificates: PEM texts, written here or in files, taken apart into one certificate each. */
import { X509Certificate } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import type { Path } from '../read/source.ts'
import { filePath } from './paths.ts'
import type { Context } from './report.ts'

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

export function certificates(raw: readonly string[], context: Context): string[] {
  const found = raw.flatMap((given, index) => {
    const path: Path = ['engine', 'trustedCertificates', index]
    // An item that the schema refuses is left out and was told already.
    if (typeof given !== 'string') return []
    const text = given.includes('-----BEGIN') ? given : context.readFile(filePath(given, path, context))
    if (text === undefined) {
      context.report(path, `${given} cannot be read`, 'name a PEM file, relative to this one')
      return []
    }
    return certificatesOf(text, path, context)
  })
  return [...new Set(found)]
}

function certificatesOf(text: string, path: Path, { report }: Context): string[] {
  if (text.includes('PRIVATE KEY-----')) {
    report(path, 'this has a private key in it', 'give the certificate only; the key stays where it is')
    return []
  }
  const parts = text.match(certificate) ?? []
  if (parts.length === 0) {
    const hint = 'it begins with -----BEGIN CERTIFICATE-----; openssl x509 -inform der turns others into it'
    report(path, 'this is not a certificate in PEM form', hint)
  }
  return parts.flatMap((part) => {
    try {
      return [new X509Certificate(part).toString()]
    } catch (error) {
      report(path, `a certificate in it cannot be understood: ${messageOf(error)}`)
      return []
    }
  })
}
