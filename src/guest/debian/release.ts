/** A suite's InRelease: OpenPGP signature, age, and digests of the signed files. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { packageRoot } from '../../host/paths.ts'

/**
 * Debian archive keys that sign the guest's suites, from debian-archive-keyring 2025.1. A key file is used only with
 * the fingerprint listed here (published at ftp-master.debian.org/keys.html).
 */
export const archiveKeys: readonly { file: string; fingerprint: string }[] = [
  { file: 'trixie-automatic.asc', fingerprint: '04b54c3cdca79751b16bc6b5225629df75b188bd' },
  { file: 'trixie-security-automatic.asc', fingerprint: '5e04a1e3223a19a20706e20f9904613d4cce68c6' },
  { file: 'trixie-stable.asc', fingerprint: '41587f7db8c774bccf131416762f67a0b2c39de4' },
]

const keysDir = (): string => join(packageRoot(), 'templates', 'debian-keys')

/** Armoured keys: Debian's, or those of DESKTOP_DEBIAN_KEYRING for a mirror with its own signature. */
export async function readKeys(
  own: string | undefined = process.env.DESKTOP_DEBIAN_KEYRING,
): Promise<string[]> {
  if (own !== undefined && own !== '') return [await readFile(own, 'utf8')]
  const { readKey } = await import('openpgp')
  return await Promise.all(
    archiveKeys.map(async ({ file, fingerprint }) => {
      const armored = await readFile(join(keysDir(), file), 'utf8')
      const found = (await readKey({ armoredKey: armored })).getFingerprint()
      if (found === fingerprint) return armored
      throw new DesktopError(
        'guest/bad-signature',
        `${file} contains the key ${found} instead of ${fingerprint}`,
      )
    }),
  )
}

/** The signed text of an InRelease, if signed by one of the keys; unsigned text is discarded. */
export async function verifiedText(inRelease: string, armoredKeys: readonly string[]): Promise<string> {
  const { readCleartextMessage, readKeys: parse, verify } = await import('openpgp')
  const refuse = (why: string): DesktopError => new DesktopError('guest/bad-signature', why)
  const message = await readCleartextMessage({ cleartextMessage: inRelease }).catch((error: unknown) => {
    throw refuse(`not a signed Debian index: ${messageOf(error)}`)
  })
  const keys = (await Promise.all(armoredKeys.map((one) => parse({ armoredKeys: one })))).flat()
  const { data, signatures } = await verify({ message, verificationKeys: keys })
  const checked = await Promise.allSettled(signatures.map(({ verified }) => verified))
  if (checked.some(({ status }) => status === 'fulfilled')) return data
  const why = checked.map((one) => (one.status === 'rejected' ? messageOf(one.reason) : ''))
  throw refuse(`the package index is not signed by a known key: ${why.join('; ') || 'no signature'}`)
}

export interface Release {
  codename: string
  date: Date
  validUntil: Date | undefined
  byHash: boolean
  /** Keyed by path relative to the suite's directory. */
  files: ReadonlyMap<string, { sha256: string; sizeBytes: number }>
}

export function parseRelease(text: string): Release {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]?.trim()
  const time = (name: string): Date | undefined => {
    const value = field(name)
    const date = value === undefined ? undefined : new Date(value)
    return date === undefined || Number.isNaN(date.getTime()) ? undefined : date
  }
  const date = time('Date')
  if (date === undefined) throw new DesktopError('guest/bad-signature', 'the package index has no date')
  const listed = /^SHA256:\n((?: .*(?:\n|$))*)/m.exec(text)?.[1] ?? ''
  const files = new Map(
    [...listed.matchAll(/^ ([0-9a-f]{64}) +(\d+) (\S+)$/gm)].map(
      ([, sha256 = '', size, path = '']) => [path, { sha256, sizeBytes: Number(size) }] as const,
    ),
  )
  return {
    codename: field('Codename') ?? '',
    date,
    validUntil: time('Valid-Until'),
    byHash: field('Acquire-By-Hash') === 'yes',
    files,
  }
}

interface Known {
  suite: string
  now: Date
  /** Date of the last index seen. */
  seen: Date | undefined
  checkValidUntil: boolean
  allowDowngrade: boolean
}

/** Rejects the index of another suite, an expired index, and one older than the last one seen. */
export function checkRelease(release: Release, { suite, now, seen, ...allowed }: Known): void {
  if (release.codename !== suite) {
    throw new DesktopError('guest/bad-signature', `the mirror serves "${release.codename}" as ${suite}`)
  }
  const { validUntil } = release
  if (allowed.checkValidUntil && validUntil !== undefined && validUntil < now) {
    throw new DesktopError(
      'guest/stale-index',
      `the mirror's index of ${suite} expired on ${validUntil.toISOString()}`,
      { hint: 'use a mirror that is up to date, or check the clock of this host' },
    )
  }
  if (seen === undefined || release.date >= seen || allowed.allowDowngrade) return
  throw new DesktopError(
    'guest/stale-index',
    `the mirror's index of ${suite} is dated ${release.date.toISOString()}, older than the last one used here (${seen.toISOString()})`,
    { hint: 'use a mirror that is up to date, or set DESKTOP_DEBIAN_DOWNGRADE=allow' },
  )
}
