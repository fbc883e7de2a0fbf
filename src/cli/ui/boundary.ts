/**
 * Admits requests. Any open web page can send requests to loopback, and a foreign name can resolve to it (DNS
 * rebinding): Host must name this machine, Origin and Sec-Fetch-Site must name this page, and only the page
 * itself is served without the cookie.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Session } from './session.ts'

export interface Asked {
  method: string
  /** The request target: path and query. */
  url: string
  headers: IncomingHttpHeaders
}

export type Verdict =
  | { kind: 'asset' | 'data'; path: string; query: URLSearchParams }
  | { kind: 'exchange' }
  | { kind: 'action'; path: string }
  | { kind: 'refused'; status: 400 | 401 | 403 | 404 | 405; reason: string }

/**
 * Trusted types: no text becomes markup, in libraries either.
 * @param inline digests of the page's inline code and styles; absent for responses other than the page.
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

/** Headers of every response. */
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
 * @param port undefined for a unix socket, which any tunnel port may reach.
 * @param isWritable whether the page may make changes.
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
  // Browsers treat other ports of this machine as the same site and send them the cookie.
  const site = headers['sec-fetch-site']
  const [path = '', query = ''] = url.split('?', 2)
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && path !== '/')
    return refuse(403, 'another site')
  if (path === '/session') {
    if (method !== 'POST') return refuse(405, 'POST only')
    return headers.origin === undefined ? refuse(403, 'no Origin') : { kind: 'exchange' }
  }
  if (isWritable && method === 'POST' && /^\/run\/[a-z]+$/.test(path)) {
    // An HTML form cannot send JSON, and no other page has this Origin.
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
