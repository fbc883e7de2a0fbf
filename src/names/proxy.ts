/**
 * Reverse proxy by name: HTTP/1.1 and HTTP/2 requests for `NAME.DOMAIN` are forwarded to the container of that name,
 * including WebSockets and event streams. Buffers nothing beyond the streams.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import { messageOf } from '../errors/system.ts'
import type { AnswerHead } from './answer.ts'
import type { Dial } from './dial.ts'
import { GuestClient } from './guest-client.ts'
import type { GuestRequest } from './guest-connection.ts'
import { type Asked, nameBelow, requestHeaders, responseHeaders } from './headers.ts'
import type { Route } from './routes.ts'

export interface ProxyOptions {
  /** `dev.localhost`. */
  domain: string
  /** Routes by name below the domain. Rejects if the engine does not respond. */
  routes: () => Promise<ReadonlyMap<string, Route>>
  dial: Dial
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/** Error response. */
interface Refusal {
  status: 400 | 404 | 421 | 502 | 503
  text: string
}

export class NameProxy implements Disposable {
  readonly #options: ProxyOptions
  readonly #client: GuestClient

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#client = new GuestClient(options.dial)
  }

  async serve(request: Request, response: Response): Promise<void> {
    const found = await this.#find(request)
    if ('status' in found) refuse(response, found)
    else if (!isPath(request.url))
      refuse(response, { status: 400, text: 'the path has characters that are not allowed\n' })
    else this.#pass(request, response, found)
  }

  /** Handles an Upgrade request, e.g. WebSocket. */
  async upgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => {})
    const found = await this.#find(request)
    if ('status' in found) return endRaw(client, found)
    const { headers, ...asked } = this.#guestRequest(request)
    const { upgrade = '' } = request.headers
    const wanted = { ...asked, headers: { ...headers, connection: 'Upgrade', upgrade }, isUpgrade: true }
    const cancel = this.#client.send(found.address, found.port, wanted, {
      head: (reply) => void client.write(rawHead(reply), 'latin1'),
      body: (bytes, written) => void client.write(bytes, written),
      end: () => void client.end(),
      switched: (guest, first) => {
        client.write(first)
        guest.write(head)
        pipeline(client, guest, () => {})
        pipeline(guest, client, () => {})
      },
      failed: (error) => endRaw(client, badGateway(found, error)),
    })
    client.once('close', cancel)
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

  #pass(request: Request, response: Response, route: Route): void {
    const to = response as ServerResponse
    const cancel = this.#client.send(route.address, route.port, this.#guestRequest(request), {
      head: ({ status, headers }) => {
        to.statusCode = status
        for (const [name, values] of responseHeaders(headers))
          to.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
        // An event stream may have no data yet.
        to.flushHeaders()
      },
      body: (bytes, written) => void to.write(bytes, written),
      end: () => void to.end(),
      switched: (stream) => void stream.destroy(),
      failed: (error) => {
        if (to.headersSent || to.destroyed) to.destroy()
        else refuse(response, badGateway(route, error))
      },
    })
    to.once('close', cancel)
  }

  #guestRequest(request: Request): GuestRequest {
    const socket = request.socket as Duplex & { encrypted?: boolean; remoteAddress?: string }
    const asked: Asked = {
      authority: authorityOf(request),
      scheme: socket.encrypted === true ? 'https' : 'http',
      client: socket.remoteAddress ?? '127.0.0.1',
    }
    const headers = requestHeaders(request.headers, asked)
    // Declare a body of unknown length, even for methods that usually have none.
    if (hasBody(request) && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
    return {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers,
      body: hasBody(request) ? (request as IncomingMessage) : undefined,
      isUpgrade: false,
    }
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]()
  }
}

const authorityOf = (request: Request): string =>
  ('authority' in request ? request.authority : undefined) ?? request.headers.host ?? ''

const hasBody = (request: Request): boolean =>
  'authority' in request
    ? !request.stream.endAfterHeaders
    : request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

const isPath = (path = '/'): boolean => /^[\x21-\xff]+$/.test(path)

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

/** The response parser rejects line breaks in names and values. */
function rawHead({ status, reason, headers }: AnswerHead): string {
  // The connection closes after an error response.
  const passed =
    status === 101
      ? Object.entries(headers)
      : [...responseHeaders(headers), ['connection', ['close']] as const]
  const lines = passed.flatMap(([name, values = []]) => values.map((value) => `${name}: ${value}\r\n`))
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`
}
