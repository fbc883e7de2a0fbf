/**
 * Which requests get in. Any page that the user has open can send requests to loopback, and a name of a stranger can
 * lead there (DNS rebinding): so Host names this machine, Origin and Sec-Fetch-Site name this page, and nothing but the
 * page itself is given without the cookie.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Session } from './session.ts'

export interface Asked {
  method: string
  /** As it was sent: path and query. */
  url: string
  headers: IncomingHttpHeaders
}

export type Verdict =
  | { kind: 'asset' | 'data'; path: string; query: URLSearchParams }
  | { kind: 'exchange' }
  | { kind: 'action'; path: string }
  | { kind: 'refused'; status: 400 | 401 | 403 | 404 | 405; reason: string }

/**
 * Trusted types: no text becomes markup, in no library either.
 * @param inline what the page may run and apply: digests of what stands in it; none = nothing, as for all but the page.
 */
export const contentPolicy = (inline?: { script: string; style: string }): string =>
  [
    "default-src 'none'",
    `script-src ${inline?.script ?? "'none'"}`,
    `style-src ${inline?.style ?? "'none'"}`,
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/** Of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentPolicy(),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * @param port undefined = a unix socket, to which a tunnel of any port leads.
 * @param isWritable whether the page may change something.
 */
export function admit(
  { method, url, headers }: Asked,
  session: Session,
  assets: ReadonlySet<string>,
  port: number | undefined,
  isWritable = false,
): Verdict {
  const refuse = (status: 400 | 401 | 403 | 404 | 405, reason: string): Verdict => ({
    kind: 'refused',
    status,
    reason,
  })
  const host = headers.host ?? ''
  if (!isHere(host, port)) return refuse(403, 'the Host is not this server')
  if (headers.origin !== undefined && headers.origin !== `http://${host}`)
    return refuse(403, 'another origin')
  // Another port of this machine is the same site to a browser, and its pages would bring the cookie.
  const site = headers['sec-fetch-site']
  const [path = '', query = ''] = url.split('?', 2)
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && path !== '/')
    return refuse(403, 'another site')
  if (path === '/session') {
    if (method !== 'POST') return refuse(405, 'POST only')
    return headers.origin === undefined ? refuse(403, 'no Origin') : { kind: 'exchange' }
  }
  if (isWritable && method === 'POST' && /^\/run\/[a-z]+$/.test(path)) {
    // A form of another page has no JSON, and no page but this one has its Origin.
    if (headers.origin === undefined) return refuse(403, 'no Origin')
    if (headers['content-type'] !== 'application/json') return refuse(403, 'JSON only')
    return session.admits(headers.cookie) ? { kind: 'action', path } : refuse(401, 'no cookie of this run')
  }
  if (method !== 'GET') return refuse(405, 'GET only')
  const parameters = new URLSearchParams(query)
  if (assets.has(path)) return { kind: 'asset', path, query: parameters }
  if (!session.admits(headers.cookie)) return refuse(401, 'no cookie of this run')
  return /^\/(data|events)\/[a-z]+$/.test(path)
    ? { kind: 'data', path, query: parameters }
    : refuse(404, 'no such view')
}

function isHere(host: string, port: number | undefined): boolean {
  const [, name = '', given = '80'] = /^(\[[0-9a-f:]+\]|[^:]+)(?::(\d+))?$/i.exec(host) ?? []
  return loopback.has(name.toLowerCase()) && (port === undefined || Number(given) === port)
}
