/**
 * minisign's public keys and detached signatures: Ed25519 over the BLAKE2b-512 hash of a message, plus a
 * second signature over the first and its comment. Files are interchangeable with minisign.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

export interface PublicKey {
  /** Eight bytes in hexadecimal; a label, not a proof. */
  id: string
  key: KeyObject
}

export interface SecretKey extends PublicKey {
  secret: KeyObject
}

/** Contents of a signature file, not yet verified. */
export interface Signature {
  keyId: string
  signature: Buffer
  comment: string
  commentSignature: Buffer
}

const ed25519Spki = Buffer.from('302a300506032b6570032100', 'hex')
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Decodes canonical base64 of this length; otherwise undefined. */
export function fixedBase64(text: string, bytes: number): Buffer | undefined {
  if (!base64.test(text)) return undefined
  const decoded = Buffer.from(text, 'base64')
  return decoded.length === bytes && decoded.toString('base64') === text ? decoded : undefined
}

/** Creates a key from the 32 bytes of an Ed25519 public key. */
export const ed25519PublicKey = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([ed25519Spki, raw]), format: 'der', type: 'spki' })

const idText = (bytes: Buffer): string => Buffer.from(bytes).reverse().toString('hex').toUpperCase()
const idBytes = (id: string): Buffer => Buffer.from(id, 'hex').reverse()

/** The second line of minisign's `.pub` file; undefined if invalid. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const bytes = fixedBase64(text, 42)
  if (bytes === undefined || bytes.toString('latin1', 0, 2) !== 'Ed') return undefined
  return { id: idText(bytes.subarray(2, 10)), key: ed25519PublicKey(bytes.subarray(10)) }
}

export function publicKeyText({ id, key }: PublicKey): string {
  const raw = key.export({ format: 'der', type: 'spki' }).subarray(ed25519Spki.length)
  return Buffer.concat([Buffer.from('Ed'), idBytes(id), raw]).toString('base64')
}

const comment = /^untrusted comment: [^\r\n]{0,1024}$/
const trusted = /^trusted comment: ([^\r\n]{0,8192})$/

/** undefined unless the text is one complete, prehashed signature. */
export function parseSignature(text: string): Signature | undefined {
  const [first = '', second = '', third = '', fourth = '', ...rest] = text
    .replaceAll('\r\n', '\n')
    .split('\n')
  const bytes = fixedBase64(second, 74)
  const commentSignature = fixedBase64(fourth, 64)
  const said = trusted.exec(third)?.[1]
  if (!comment.test(first) || bytes === undefined || said === undefined || commentSignature === undefined)
    return undefined
  if (bytes.toString('latin1', 0, 2) !== 'ED' || rest.some((line) => line !== '')) return undefined
  return {
    keyId: idText(bytes.subarray(2, 10)),
    signature: bytes.subarray(10),
    comment: said,
    commentSignature,
  }
}

const prehash = (message: string): Buffer => createHash('blake2b512').update(message).digest()

export function isSignedBy({ key }: PublicKey, signed: Signature, message: string): boolean {
  const { signature, comment: said, commentSignature } = signed
  return (
    verify(null, prehash(message), key, signature) &&
    verify(null, Buffer.concat([signature, Buffer.from(said)]), key, commentSignature)
  )
}

/** The text of a `.minisig` file. */
export function signatureText({ id, secret }: SecretKey, message: string, said: string): string {
  const signature = sign(null, prehash(message), secret)
  const commentSignature = sign(null, Buffer.concat([signature, Buffer.from(said)]), secret)
  const line = Buffer.concat([Buffer.from('ED'), idBytes(id), signature]).toString('base64')
  return [
    `untrusted comment: signature by the key ${id}`,
    line,
    `trusted comment: ${said}`,
    `${commentSignature.toString('base64')}\n`,
  ].join('\n')
}
