/**
 * Files on disk hold no credentials: a seal replaces each, by which the same credential is recognised later. A seal
 * is too short for finding a credential by guessing.
 */
import { createHash } from 'node:crypto'

const credential = /\/\/([^/@\s"]*)@/g
const seal = (secret: string, salt: string): string =>
  `sealed:${createHash('sha256').update(`${salt}\0${secret}`).digest('hex').slice(0, 6)}`

/** Credentials of URLs in the text, sealed. `salt`: the name of the environment. */
export const sealCredentials = (text: string, salt: string): string =>
  text.replaceAll(credential, (_, secret: string) => `//${seal(secret, salt)}@`)

/** The text with the credentials of `current` restored; others are left out. */
export function unsealCredentials(text: string, current: string, salt: string): string {
  const secrets = new Map(
    [...current.matchAll(credential)].map(([, secret = '']) => [seal(secret, salt), secret] as const),
  )
  return text.replaceAll(/\/\/(sealed:[0-9a-f]{6})@/g, (_, sealed: string) => {
    const secret = secrets.get(sealed)
    return secret === undefined ? '//' : `//${secret}@`
  })
}
