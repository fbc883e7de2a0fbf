/**
 * Files on disk contain no credentials: each is replaced by a seal, from which the same credential is recognised later.
 * A seal is too short to verify guesses.
 */
import { createHash } from 'node:crypto'

const credential = /\/\/([^/@\s"]*)@/g
const seal = (secret: string, salt: string): string =>
  `sealed:${createHash('sha256').update(`${salt}\0${secret}`).digest('hex').slice(0, 6)}`

/** Seals credentials in URLs. `salt`: the name of the environment. */
export const sealCredentials = (text: string, salt: string): string =>
  text.replaceAll(credential, (_, secret: string) => `//${seal(secret, salt)}@`)

/** Restores sealed credentials from `current`; removes unknown ones. */
export function unsealCredentials(text: string, current: string, salt: string): string {
  const secrets = new Map(
    [...current.matchAll(credential)].map(([, secret = '']) => [seal(secret, salt), secret] as const),
  )
  return text.replaceAll(/\/\/(sealed:[0-9a-f]{6})@/g, (_, sealed: string) => {
    const secret = secrets.get(sealed)
    return secret === undefined ? '//' : `//${secret}@`
  })
}
