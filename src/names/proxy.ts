/**
 * A reverse proxy by name: HTTP/1.1 and HTTP/2 requests for `NAME.DOMAIN` go to the container of that name, WebSockets and
 * event streams included. Nothing is buffered beyond the streams themselves.
 */
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import { messageOf, systemCode } from '../errors/system.ts'
import { type Dial, GuestAgent } from './agent.ts'
import { type Asked, nameBelow, requestHeaders, responseHeaders } from './headers.ts'
import type { Route } from './routes.ts'

export interface ProxyOptions {
  /** `dev.localhost`. */
  domain: string
  /** By name below the domain. Rejects when the engine does not answer. */
  routes: () => Promise<ReadonlyMap<string, Route>>
  dial: Dial
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/** What a client reads instead of a page. */
interface Refusal {
  status: 404 | 421 | 502 | 503
  text: string
}

export class NameProxy implements Disposable {
  readonly #options: ProxyOptions
  readonly #agent: GuestAgent

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#agent = new GuestAgent(options.dial)
  }

  async serve(request: Request, response: Response): Promise<void> {
    const found = await this.#find(request)
    if ('status' in found) refuse(response, found)
    else this.#pass(request, response, found, isRepeatable(request))
  }

  /** A request that wants another protocol, such as WebSocket. */
  async upgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => {})
    const found = await this.#find(request)
    if ('status' in found) return endRaw(client, found)
    const options = this.#requestOptions(request, found)
    const { upgrade = '' } = request.headers
    const upstream = httpRequest({
      ...options,
      headers: { ...options.headers, connection: 'Upgrade', upgrade },
    })
    client.once('close', () => upstream.destroy())
    upstream.once('error', (error) => endRaw(client, badGateway(found, error)))
    upstream.once('upgrade', (reply, guest, first) => {
      client.write(rawHead(reply))
      client.write(first)
      guest.write(head)
      pipeline(client, guest, () => {})
      pipeline(guest, client, () => {})
    })
    upstream.once('response', (reply) => {
      client.write(rawHead(reply))
      pipeline(reply, client, () => {})
    })
    upstream.end()
  }

  async #find(request: Request): Promise<Route | Refusal> {
    const { domain, routes } = this.#options
    const name = nameBelow(domain, authorityOf(request))
    if (name === undefined) return { status: 421, text: `this server has the names below ${domain}\n` }
    try {
      const known = await routes()
      return known.get(name) ?? { status: 404, text: unknownText(name, domain, [...known.keys()]) }
    } catch (error) {
      return { status: 503, text: `the engine of ${domain} does not answer: ${messageOf(error)}\n` }
    }
  }

  #pass(request: Request, response: Response, route: Route, mayRepeat: boolean): void {
    const upstream = httpRequest(this.#requestOptions(request, route))
    const gone = (): void => void upstream.destroy()
    response.once('close', gone)
    upstream.once('response', (reply) => {
      response.statusCode = reply.statusCode ?? 502
      for (const [name, values] of responseHeaders(reply.headersDistinct))
        response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
        // An event stream may have nothing to say yet.
      ;(response as ServerResponse).flushHeaders()
      reply.once('end', () => response.off('close', gone))
      pipeline(reply, response as ServerResponse, () => {})
    })
    upstream.once('error', (error) => {
      response.off('close', gone)
      if (response.headersSent || response.destroyed) return void response.destroy()
      // The server closed an idle connection while the request was on its way.
      const isStale = upstream.reusedSocket && systemCode(error) === 'ECONNRESET'
      if (isStale && mayRepeat) this.#pass(request, response, route, false)
      else refuse(response, badGateway(route, error))
    })
    if (hasBody(request)) pipeline(request as IncomingMessage, upstream, () => {})
    else upstream.end()
  }

  #requestOptions(request: Request, { address, port }: Route): RequestOptions & { headers: object } {
    const socket = request.socket as Duplex & { encrypted?: boolean; remoteAddress?: string }
    const asked: Asked = {
      authority: authorityOf(request),
      scheme: socket.encrypted === true ? 'https' : 'http',
      client: socket.remoteAddress ?? '127.0.0.1',
    }
    const headers = requestHeaders(request.headers, asked)
    // One with a body of unknown length says so, also where a body is unusual.
    if (hasBody(request) && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
    return {
      agent: this.#agent,
      host: address,
      port,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers,
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}

const authorityOf = (request: Request): string =>
  ('authority' in request ? request.authority : undefined) ?? request.headers.host ?? ''

const hasBody = (request: Request): boolean =>
  'authority' in request
    ? !request.stream.endAfterHeaders
    : request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

const isRepeatable = (request: Request): boolean =>
  !hasBody(request) && ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '')

function unknownText(name: string, domain: string, known: readonly string[]): string {
  const list = known.slice(0, 50).map((one) => `  ${one}.${domain}\n`)
  return `no container has the name ${name}\n\n${list.length === 0 ? 'none is running\n' : `running:\n${list.join('')}`}`
}

function badGateway({ container, address, port }: Route, error: unknown): Refusal {
  const hint = `set the label desktop.port on the container if its server uses another port`
  return { status: 502, text: `${container} (${address}:${port}): ${messageOf(error)}\n${hint}\n` }
}

const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

function refuse(response: Response, { status, text }: Refusal): void {
  const http = response as ServerResponse
  http.writeHead(status, plain).end(text)
}

function endRaw(client: Duplex, { status, text }: Refusal): void {
  const length = Buffer.byteLength(text)
  const head = Object.entries({ ...plain, 'content-length': length, connection: 'close' })
  client.end(
    `HTTP/1.1 ${status} \r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`,
  )
}

/** Node's parser admits no line break in a name or value. */
function rawHead({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`)
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`
}
