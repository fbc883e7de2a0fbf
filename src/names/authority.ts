/**
 * The user's local CA. Its certificate is constrained to names below `localhost`, so a stolen key cannot sign other
 * sites. Host keys stay in memory.
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from 'node:crypto'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import { privateDirectory } from '../host/directories.ts'
import { authorityCertificate, hostCertificate } from './certificate.ts'

export interface Authority {
  certificate: X509Certificate
  key: KeyObject
}

const dayMs = 86_400_000
const renewMs = 30 * dayMs
const maxContexts = 256

const keyFile = (dir: string): string => join(dir, 'authority.pem')
/** Unique, because two environments may write at once. */
const tempFile = (dir: string): string => join(dir, `.${randomUUID()}`)
/** Certificate without the key, for trust stores and `curl --cacert`. */
export const certificateFile = (dir: string): string => join(dir, 'authority.crt')

/** Key and certificate are in one file, so that a crash cannot leave a mismatched pair. */
export async function openAuthority(dir: string): Promise<Authority> {
  await privateDirectory(dir)
  const known = await readAuthority(dir)
  const authority = known !== undefined && isCurrent(known) ? known : await makeAuthority(dir, known)
  const text = authority.certificate.toString()
  if ((await readIfExists(certificateFile(dir))) !== text) {
    const temp = tempFile(dir)
    await writeFile(temp, text)
    await rename(temp, certificateFile(dir))
  }
  return authority
}

/** Returns undefined if no authority has been created. */
export async function readAuthority(dir: string): Promise<Authority | undefined> {
  const text = await readIfExists(keyFile(dir))
  if (text === undefined) return undefined
  try {
    const authority = { certificate: new X509Certificate(text), key: createPrivateKey(text) }
    if (authority.certificate.checkPrivateKey(authority.key)) return authority
  } catch {
    // Reported below.
  }
  throw new DesktopError('state/unreadable', `${keyFile(dir)} does not contain a key and its certificate`, {
    hint: `remove ${dir}; the next apply creates a new authority, and \`desktop trust\` installs it`,
  })
}

const isCurrent = ({ certificate }: Authority): boolean =>
  Date.parse(certificate.validTo) - Date.now() > renewMs

async function makeAuthority(dir: string, expired: Authority | undefined): Promise<Authority> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = authorityCertificate(publicKey, privateKey, new Date(Date.now() - dayMs))
  const pem = `${privateKey.export({ type: 'pkcs8', format: 'pem' })}${new X509Certificate(der)}`
  if (expired !== undefined) {
    await writeAtomic(keyFile(dir), pem, { mode: 0o600 })
    return { certificate: new X509Certificate(pem), key: privateKey }
  }
  // Two environments may start at once: the first one's authority is used by both.
  const temp = tempFile(dir)
  await writeFile(temp, pem, { mode: 0o600 })
  try {
    await link(temp, keyFile(dir))
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(temp, { force: true })
  }
  const made = await readAuthority(dir)
  if (made === undefined) throw new DesktopError('state/unreadable', `${keyFile(dir)} disappeared`)
  return made
}

/** Host certificates, created on demand. All share one key, which is never stored. */
export class HostCertificates {
  readonly #authority: Authority
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  /** Least recently used first. */
  readonly #contexts = new Map<string, { context: SecureContext; untilMs: number }>()

  constructor(authority: Authority) {
    this.#authority = authority
  }

  context(host: string): SecureContext {
    const known = this.#contexts.get(host)
    this.#contexts.delete(host)
    const next = known !== undefined && known.untilMs > Date.now() ? known : this.#issue(host)
    this.#contexts.set(host, next)
    if (this.#contexts.size > maxContexts) this.#contexts.delete(this.#contexts.keys().next().value ?? '')
    return next.context
  }

  #issue(host: string): { context: SecureContext; untilMs: number } {
    const { publicKey, privateKey } = this.#keys
    const begin = new Date(Date.now() - dayMs)
    const certificate = new X509Certificate(hostCertificate(host, publicKey, this.#authority, begin))
    const context = createSecureContext({
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: certificate.toString(),
    })
    return { context, untilMs: Date.parse(certificate.validTo) - renewMs }
  }
}
