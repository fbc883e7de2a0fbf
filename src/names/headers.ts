/** Headers that a proxy forwards (RFC 9110 section 7.6.1), and the host name of a request. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

const hopByHop: ReadonlySet<string> = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)

/** Hop-by-hop headers, including those listed in `Connection`; pseudo-headers belong to HTTP/2. */
function passes(connection: string | undefined): (name: string) => boolean {
  const named = new Set((connection ?? '').toLowerCase().split(/\s*,\s*/))
  return (name) => !hopByHop.has(name) && !named.has(name) && !name.startsWith(':')
}

export interface Asked {
  /** Host as sent by the client, e.g. `web.dev.localhost:8443`. */
  authority: string
  scheme: 'http' | 'https'
  client: string
}

export function requestHeaders(
  headers: IncomingHttpHeaders,
  { authority, scheme, client }: Asked,
): OutgoingHttpHeaders {
  const isPassed = passes(headers.connection)
  return {
    ...Object.fromEntries(
      Object.entries(headers).filter(([name]) => isPassed(name) && name !== 'expect' && name !== 'host'),
    ),
    host: authority,
    // Replace forwarding headers from the client, which are not trustworthy.
    'x-forwarded-for': client,
    'x-forwarded-host': authority,
    'x-forwarded-proto': scheme,
  }
}

/** One entry per line: `Set-Cookie` may occur several times. */
export function responseHeaders(
  lines: Readonly<Record<string, string[] | undefined>>,
): [name: string, values: string[]][] {
  const isPassed = passes(lines.connection?.join(','))
  return Object.entries(lines).flatMap(([name, values]) =>
    values !== undefined && isPassed(name) ? [[name, values]] : [],
  )
}

/** The part of the name before the domain; undefined if it is not below the domain. */
export function nameBelow(domain: string, authority: string): string | undefined {
  const host = authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  return host.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : undefined
}
