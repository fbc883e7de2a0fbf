/**
 * Access to the page's data: the first client that presents the token of the URL. The token is in the
 * fragment, which appears in no request, log or Referer; the page exchanges it once for an HttpOnly cookie.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'

const secret = (): string => randomBytes(32).toString('base64url')

export class Session {
  readonly name: string
  readonly token: string = secret()
  readonly #key: string = secret()
  #used = false

  /** @param name of the cookie, unique because all ports of a host share cookies. */
  constructor(name: string) {
    this.name = name
  }

  /** The `Set-Cookie` header for the first client with the token. */
  exchange(token: string): string | undefined {
    if (this.#used || !isSame(token, this.token)) return undefined
    this.#used = true
    return `${this.name}=${this.#key}; HttpOnly; SameSite=Strict; Path=/`
  }

  admits(cookies: string | undefined): boolean {
    return (cookies ?? '').split(/; */).some((one) => {
      const at = one.indexOf('=')
      return one.slice(0, at) === this.name && isSame(one.slice(at + 1), this.#key)
    })
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
