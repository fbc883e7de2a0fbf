/** Keys and signatures are interchangeable with minisign 0.11, which created those in this file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import {
  isSignedBy,
  parsePublicKey,
  parseSignature,
  publicKeyText,
  signatureText,
} from '../../src/signatures/minisign.ts'
import { newSecretKey, readSecretKey } from '../../src/signatures/secret-key.ts'
import { statementText } from '../../src/signatures/statement.ts'

const publicKey = 'RWSPsx6xuHwZer2OFyHDHm8XzgIC0+f84GdDBOwvW+jFXEkc2kYE2r0S'
const signature = `untrusted comment: signature from minisign secret key
RUSPsx6xuHwZemQjtVQ8F4pWTyCXB1ByPPJDyk6yNWA17FEVnJbZU1qQW5WCnv8FOKFMZ+alUGLHT7avKZ+2PQVPyRQEvuFnEwA=
trusted comment: by minisign 0.11
p0GfJAxyLikmXcBbHAy92kWlG5zcDEAiWDc3V2vqLtA9xKqSLury3Tb35gpnQMF9XtoU4I/SsvnGFuoLiwqWCA==
`
/** Made for this test, without a password. */
const secretKey = `untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAj7Mesbh8GXp51ZFlWUNtUis08X9t0fd/J/IbemOfKonTwgS8uomXer2OFyHDHm8XzgIC0+f84GdDBOwvW+jFXEkc2kYE2r0SAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`
const message = statementText({ kind: 'image', image: `sha256:${'0'.repeat(64)}` })
const dir = mkdtempSync(join(tmpdir(), 'desktop-keys-'))
afterAll(() => rmSync(dir, { recursive: true }))

function keyFile(text: string): string {
  const path = join(dir, 'key')
  writeFileSync(path, text)
  return path
}

test("minisign's signature is verified, and not for another message", () => {
  const signed = parseSignature(signature)!
  expect([signed.keyId, signed.comment]).toEqual(['7A197CB8B11EB38F', 'by minisign 0.11'])
  expect(isSignedBy(parsePublicKey(publicKey)!, signed, message)).toBe(true)
  expect(isSignedBy(parsePublicKey(publicKey)!, signed, `${message}\n`)).toBe(false)
})

test("minisign's secret key signs as minisign does", () => {
  const key = readSecretKey(keyFile(secretKey))
  expect(publicKeyText(key)).toBe(publicKey)
  const text = signatureText(key, message, 'by minisign 0.11')
  // Ed25519 has one signature for each key and message.
  expect(text.split('\n').slice(1)).toEqual(signature.split('\n').slice(1))
})

test('a new key signs, is read back from its file, and has a public key that minisign understands', () => {
  const { key, pem } = newSecretKey()
  const again = readSecretKey(keyFile(pem))
  expect(publicKeyText(again)).toBe(publicKeyText(key))
  const signed = parseSignature(signatureText(again, message, 'x'))!
  expect(isSignedBy(parsePublicKey(publicKeyText(key))!, signed, message)).toBe(true)
})

test('a changed character of a signature file is rejected, except in its untrusted comment', () => {
  const key = parsePublicKey(publicKey)!
  const from = signature.indexOf('\n') + 1
  fc.assert(
    fc.property(
      fc.integer({ min: from, max: signature.length - 2 }),
      fc.constantFrom('A', '/', '=', ' ', '\n', 'é', '\0'),
      (at, char) => {
        fc.pre(signature[at] !== char)
        const changed = parseSignature(signature.slice(0, at) + char + signature.slice(at + 1))
        const taken = changed !== undefined && changed.keyId === key.id && isSignedBy(key, changed, message)
        expect(taken).toBe(false)
      },
    ),
    { numRuns: 300 },
  )
})

test.each([
  ['a password', `x\n${Buffer.concat([Buffer.from('EdScB2'), Buffer.alloc(152)]).toString('base64')}\n`],
  ['another size', 'x\nRWQAAEIy\n'],
  ['a public key that does not fit', secretKey.replace('omXer2OFyHD', 'omXer2OFyHE')],
  ['nothing', ''],
  ['PEM of something else', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
])('a secret key with %s is refused', (_name, text) => {
  expect(() => readSecretKey(keyFile(text))).toThrow(expect.objectContaining({ code: 'signature/bad-key' }))
})

test.each(['', 'RW', publicKey.slice(1), `${publicKey}A`, publicKey.replace('RWS', 'RUS'), `${publicKey}\n`])(
  'the text "%s" is not a public key',
  (text) => {
    expect(parsePublicKey(text)).toBeUndefined()
  },
)
