/** Checks that an artefact is signed by a trusted key. */
import { DesktopError } from '../errors/desktop-error.ts'
import { isSignedBy, type PublicKey, parsePublicKey, parseSignature } from './minisign.ts'
import { type Statement, statementText } from './statement.ts'

export type SignedKind = 'image' | 'plan'

/**
 * `signatures` of desktop.yaml or the site policy: artefact kinds that must be signed, and the trusted keys.
 */
export interface SignatureRules {
  keys: readonly string[]
  require: readonly SignedKind[]
  /** The source of the requirement. */
  from: string
}

export interface Artefact {
  /** Name shown to the user. */
  name: string
  statement: Statement
  /** Text of its signature file; undefined if there is none. */
  signature: string | undefined
}

/** Throws `signature/…` unless every rule for this kind finds a signature by one of its keys. */
export function requireSignatures(
  rules: readonly SignatureRules[],
  kind: SignedKind,
  artefact: Artefact,
): void {
  for (const one of rules) if (one.require.includes(kind)) verifySignature(one, artefact)
}

/** Returns the key id. Throws `signature/missing`, `unreadable`, `unknown-key` or `mismatch`. */
export function verifySignature(
  { keys, from }: Pick<SignatureRules, 'keys' | 'from'>,
  { name, statement, signature }: Artefact,
): string {
  if (signature === undefined)
    throw new DesktopError('signature/missing', `${name} is not signed, and ${from} requires a signature`)
  const signed = parseSignature(signature)
  if (signed === undefined)
    throw new DesktopError('signature/unreadable', `the signature of ${name} is not a minisign signature`)
  const known = keys.map(parsePublicKey).filter((key): key is PublicKey => key?.id === signed.keyId)
  if (known.length === 0)
    throw new DesktopError(
      'signature/unknown-key',
      `${name} is signed by the key ${signed.keyId}, which ${from} does not list`,
    )
  const message = statementText(statement)
  if (known.some((key) => isSignedBy(key, signed, message))) return signed.keyId
  throw new DesktopError(
    'signature/mismatch',
    `${name} does not match its signature by the key ${signed.keyId}`,
  )
}
