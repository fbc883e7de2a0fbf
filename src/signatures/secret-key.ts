/** Secret keys for signing: Ed25519 as PEM (`openssl genpkey`), or a minisign file without a password. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { readRegularFile } from '../host/regular-file.ts'
import { ed25519PublicKey, fixedBase64, type SecretKey } from './minisign.ts'

const maxKeyBytes = 16 * 1024
const ed25519Pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Generates a key; returns it with its PEM text. */
export function newSecretKey(): { key: SecretKey; pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    key: ofPrivateKey(privateKey),
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

/** Throws `signature/bad-key`. */
export function readSecretKey(path: string): SecretKey {
  const text = textOf(path)
  return text.startsWith('-----BEGIN') ? ofPem(text, path) : ofMinisign(text, path)
}

function textOf(path: string): string {
  try {
    return readRegularFile(path, { maxBytes: maxKeyBytes }).toString('utf8')
  } catch (cause) {
    throw badKey(path, `cannot be read: ${messageOf(cause)}`, cause)
  }
}

/** PEM contains no key id, so it is derived from the key. */
function ofPrivateKey(secret: KeyObject): SecretKey {
  const key = createPublicKey(secret)
  const id = createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16)
  return { id: id.toUpperCase(), key, secret }
}

function ofPem(text: string, path: string): SecretKey {
  let secret: KeyObject
  try {
    secret = createPrivateKey(text)
  } catch (cause) {
    throw badKey(path, 'is not a private key without a password', cause)
  }
  if (secret.asymmetricKeyType !== 'ed25519')
    throw badKey(path, `is a key for ${secret.asymmetricKeyType}, not for Ed25519`)
  return ofPrivateKey(secret)
}

/** Layout: `Ed`, KDF algorithm, `B2`, 48 bytes of KDF parameters, key id, seed, public key, checksum. */
function ofMinisign(text: string, path: string): SecretKey {
  const bytes = fixedBase64(text.split(/\r?\n/)[1] ?? '', 158)
  if (bytes === undefined || bytes.toString('latin1', 0, 2) !== 'Ed')
    throw badKey(path, 'is not a secret key')
  if (bytes.readUInt16LE(2) !== 0) throw badKey(path, 'is protected by a password')
  const id = Buffer.from(bytes.subarray(54, 62)).reverse().toString('hex').toUpperCase()
  const der = Buffer.concat([ed25519Pkcs8, bytes.subarray(62, 94)])
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const key = createPublicKey(secret)
  if (!key.equals(ed25519PublicKey(bytes.subarray(94, 126)))) throw badKey(path, 'is damaged')
  return { id, key, secret }
}

const badKey = (path: string, why: string, cause?: unknown): DesktopError =>
  new DesktopError('signature/bad-key', `${path} ${why}`, { cause })
