import { createCleartextMessage, generateKey, readPrivateKey, sign } from 'openpgp'
import { expect, test } from 'vitest'
import {
  archiveKeys,
  checkRelease,
  parseRelease,
  readKeys,
  verifiedText,
} from '../../../src/guest/debian/release.ts'

test("the shipped keys are those of Debian's archive, by fingerprint", async () => {
  const keys = await readKeys('')
  expect(keys).toHaveLength(archiveKeys.length)
})

async function signed(text: string): Promise<{ message: string; key: string }> {
  const { publicKey, privateKey } = await generateKey({ userIDs: [{ name: 'x' }], format: 'armored' })
  const message = await createCleartextMessage({ text })
  const signingKeys = await readPrivateKey({ armoredKey: privateKey })
  return { message: await sign({ message, signingKeys }), key: publicKey }
}

test('only the signed text counts, and text around it does not', async () => {
  const { message, key } = await signed('Codename: trixie')
  expect(await verifiedText(message, [key])).toBe('Codename: trixie')
  for (const around of [`Codename: evil\n\n${message}`, `${message}\nCodename: evil\n`]) {
    const text = await verifiedText(around, [key]).catch(() => '')
    expect(text).not.toContain('evil')
  }
})

test.each([
  ['nothing at all', ''],
  ['no signature', 'Codename: trixie'],
  [
    'an empty signature',
    '-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n',
  ],
])('%s is refused as a bad signature', async (_name, text) => {
  await expect(verifiedText(text, await readKeys(''))).rejects.toMatchObject({ code: 'guest/bad-signature' })
})

test("another's signature and a changed text are refused", async () => {
  const { message, key } = await signed('Codename: trixie')
  const { key: other } = await signed('x')
  await expect(verifiedText(message, [other])).rejects.toThrow('not signed by a known key')
  await expect(verifiedText(message.replace('trixie', 'trixia'), [key])).rejects.toThrow('not signed')
})

const text = `Origin: Debian
Codename: trixie
Date: Sat, 21 Nov 2026 09:15:44 UTC
Valid-Until: Sat, 28 Nov 2026 09:15:44 UTC
Acquire-By-Hash: yes
MD5Sum:
 3e498904a30e240573dac8ddac594e6f  12 main/binary-amd64/Packages
SHA256:
 ${'a'.repeat(64)}  12 main/binary-amd64/Packages
 ${'b'.repeat(64)} 7 main/binary-amd64/Packages.xz
`

test('a release lists files by SHA-256 only', () => {
  const release = parseRelease(text)
  expect(release).toMatchObject({ codename: 'trixie', byHash: true, date: new Date('2026-11-21T09:15:44Z') })
  expect([...release.files]).toEqual([
    ['main/binary-amd64/Packages', { sha256: 'a'.repeat(64), sizeBytes: 12 }],
    ['main/binary-amd64/Packages.xz', { sha256: 'b'.repeat(64), sizeBytes: 7 }],
  ])
})

const check = (change: Partial<Parameters<typeof checkRelease>[1]>) => () =>
  checkRelease(parseRelease(text), {
    suite: 'trixie',
    now: new Date('2026-11-22T00:00:00Z'),
    seen: undefined,
    checkValidUntil: true,
    allowDowngrade: false,
    ...change,
  })

test("an expired index is refused, unless this host's apt does not check that", () => {
  const now = new Date('2026-11-29T00:00:00Z')
  expect(check({})).not.toThrow()
  expect(check({ now })).toThrow('expired on 2026-11-28')
  expect(check({ now, checkValidUntil: false })).not.toThrow()
})

test('an index older than one that was seen is refused, unless going back is allowed', () => {
  const seen = new Date('2026-11-22T00:00:00Z')
  expect(check({ seen })).toThrow('older than the last one used here (2026-11-22')
  expect(check({ seen, allowDowngrade: true })).not.toThrow()
  expect(check({ seen: new Date('2026-11-21T09:15:44Z') })).not.toThrow()
})

test("another suite's index is refused", () => {
  expect(check({ suite: 'trixie-security' })).toThrow('serves "trixie" as trixie-security')
})
