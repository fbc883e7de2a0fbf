/**
 * The page's HTTP server, on loopback or a unix socket, while the command is running. Read-only, except for
 * `actions`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { explained, messageOf, systemCode } from '../../errors/system.ts'
import { OwnSocket } from '../../net/host/tcp/own-socket.ts'
import type { Asset } from './assets.ts'
import { admit, securityHeaders } from './boundary.ts'
import { isOwn } from './owner.ts'
import { Session } from './session.ts'

export interface PageServerOptions {
  /** Port 0 selects any free port. */
  at: { port: number } | { socket: string }
  /** Assets by path. */
  assets: ReadonlyMap<string, Asset>
  /** `/data/NAME`: a document. */
  data: Readonly<Record<string, (query: URLSearchParams) => Promise<unknown>>>
  /** `/events/NAME`: the handler owns the response. */
  events: Readonly<Record<string, (response: ServerResponse, query: URLSearchParams, lastId: string) => void>>
  /** `/run/NAME`: makes a change; the handler owns the response. Absent for a read-only page. */
  actions?: Readonly<Record<string, (body: unknown, response: ServerResponse) => Promise<void>>>
  /** Serialises for output, without credentials. */
  text: (document: unknown) => string
}

export interface PageServer extends AsyncDisposable {
  token: string
  /** undefined for a unix socket. */
  port: number | undefined
}

const maxTokenBytes = 256

export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const paths: ReadonlySet<string> = new Set(options.assets.keys())
  const connections = new Set<Socket>()
  // Set before the first connection is accepted.
  let within: { session: Session; port: number | undefined }
  const server = createServer((request, response) => {
    for (const stream of [request, response]) stream.on('error', () => {})
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    const { method = '', url = '', headers } = request
    const { session, port } = within
    const verdict = admit({ method, url, headers }, session, paths, port, options.actions !== undefined)
    if (verdict.kind === 'refused') refuse(response, verdict.status, verdict.reason)
    else if (verdict.kind === 'exchange') void exchange(session, request, response)
    else if (verdict.kind === 'asset') sendAsset(options.assets.get(verdict.path), response)
    else if (verdict.kind === 'action') void act(options, verdict.path, request, response)
    else void answer(options, verdict.path, verdict.query, request, response)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  const { port, close } = await listen(options.at, (connection) => {
    connection.on('error', () => {})
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
    server.emit('connection', connection)
  })
  within = { port, session: new Session(port === undefined ? 'desktop-ui' : `desktop-ui-${port}`) }
  return {
    token: within.session.token,
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = close()
      for (const connection of connections) connection.destroy()
      await closed
    },
  }
}

/** @param take receives each connection of this user. */
async function listen(
  at: PageServerOptions['at'],
  take: (connection: Socket) => void,
): Promise<{ port: number | undefined; close: () => Promise<void> }> {
  if ('socket' in at) {
    const own = await OwnSocket.open({
      path: at.socket,
      mode: 0o600,
      accept: take,
      server: { allowHalfOpen: true, noDelay: true },
      replace: false,
    })
    return { port: undefined, close: () => own.close() }
  }
  // The URL is visible in the browser's arguments, and cookies are sent to any port of a host, so the owner
  // of the connection is checked too.
  const server = createNetServer({ noDelay: true, pauseOnConnect: true }, async (connection) => {
    connection.on('error', () => {})
    if (!(await isOwn(connection))) connection.destroy()
    else {
      take(connection)
      connection.resume()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = systemCode(error) === 'EADDRINUSE'
      const hint = 'choose a different one with --port, or omit it for any free port'
      reject(isTaken ? new DesktopError('cli/usage', `port ${at.port} is in use`, { hint }) : error)
    })
    server.listen(at.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`)
}

function sendAsset(asset: Asset | undefined, response: ServerResponse): void {
  if (asset === undefined) {
    refuse(response, 404, 'no such file')
    return
  }
  if (asset.policy !== undefined) response.setHeader('Content-Security-Policy', asset.policy)
  response.writeHead(200, { 'Content-Type': asset.type }).end(asset.bytes)
}

const maxBodyBytes = 16 * 1024

async function act(
  { actions = {} }: PageServerOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = path.replace('/run/', '')
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined) return refuse(response, 404, 'no such action')
  let body = ''
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      body += chunk
      if (body.length > maxBodyBytes) return refuse(response, 400, 'too long')
    }
    await action(JSON.parse(body), response)
  } catch {
    if (!response.headersSent) refuse(response, 400, 'not JSON')
  }
}

async function exchange(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let token = ''
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      token += chunk
      if (token.length > maxTokenBytes) break
    }
  } catch {
    return
  }
  const cookie = session.exchange(token)
  if (cookie === undefined) return refuse(response, 403, 'the token is wrong or was used already')
  response.writeHead(204, { 'Set-Cookie': cookie }).end()
}

async function answer(
  { data, events, text }: PageServerOptions,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, kind, name = ''] = path.split('/')
  const of = <T>(table: Readonly<Record<string, T>>): T | undefined =>
    Object.hasOwn(table, name) ? table[name] : undefined
  try {
    const take = kind === 'events' ? of(events) : undefined
    const ask = kind === 'data' ? of(data) : undefined
    if (take !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
      take(response, query, String(request.headers['last-event-id'] ?? ''))
    } else if (ask !== undefined) {
      const document = text(await ask(query))
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(document)
    } else refuse(response, 404, 'no such view')
  } catch (thrown) {
    const error = explained(thrown)
    const failure = {
      code: error instanceof DesktopError ? error.code : 'internal/bug',
      message: messageOf(error),
      hint: error instanceof DesktopError ? error.hint : undefined,
    }
    if (response.headersSent) response.destroy()
    else response.writeHead(500, { 'Content-Type': 'application/json; charset=utf-8' }).end(text(failure))
  }
}
