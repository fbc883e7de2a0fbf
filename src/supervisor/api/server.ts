/**
 * The supervisor's side of the control API: HTTP on a unix socket that only this user can open. An exception
 * in a handler becomes an error response or closes that connection; it never ends the process.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { DesktopError } from '../../errors/desktop-error.ts'
import { explained, messageOf } from '../../errors/system.ts'
import { peerUser } from '../../net/host/linux/sockets.ts'
import { fdForSending } from '../../net/host/node/send.ts'
import { OwnSocket } from '../../net/host/tcp/own-socket.ts'
import { type Call, type Calls, calls, type Failure } from './api.ts'
import { checkArguments } from './arguments.ts'
import { answerCapture, type TakeCapture } from './capture.ts'

const maxBodyBytes = 64 * 1024 * 1024

export interface ServerOptions {
  socketPath: string
  calls: Calls
  /**
   * Stream openers by name; each throws if the stream is unavailable, or returns the handler of the upgraded
   * connection.
   */
  streams: Readonly<Record<string, OpenStream>>
  /** Handler of `POST /v1/pcap`. */
  capture: TakeCapture
  /** Response to `GET /metrics`, in Prometheus text format. */
  metrics: () => string
  onError: (call: string, error: unknown) => void
}

type TakeSocket = (socket: Duplex) => void
export type OpenStream = (query: URLSearchParams) => TakeSocket | Promise<TakeSocket>

export interface ControlServer extends AsyncDisposable {
  readonly socket: OwnSocket
}

/**
 * Listens on the control socket. The caller holds the environment's lock, so an existing socket file is
 * stale.
 */
export async function serveControl(options: ServerOptions): Promise<ControlServer> {
  const server = createServer((request, response) => {
    // A client disconnect must not become an error of the handler that is still writing.
    for (const stream of [request, response]) stream.on('error', () => {})
    void answer(options, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => void upgrade(options, request, socket))
  server.on('clientError', (_error, socket) => socket.destroy())
  // Booting a VM takes minutes under emulation; callers set their own deadlines.
  server.requestTimeout = 0
  const connections = new Set<Socket>()
  const accept = (connection: Socket): void => {
    connection.on('error', () => {})
    if (!isOwnUser(connection)) {
      options.onError('connect', new Error('a process of another user'))
      connection.destroy()
      return
    }
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
    server.emit('connection', connection)
  }
  const socket = await OwnSocket.open({
    path: options.socketPath,
    mode: 0o600,
    accept,
    // The options that node:http uses.
    server: { allowHalfOpen: true, noDelay: true },
    replace: true,
  })
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      const closed = socket.close()
      for (const connection of connections) connection.destroySoon()
      await closed
    },
  }
}

/** Allows root too, which could connect anyway. */
function isOwnUser(connection: Socket): boolean {
  const uid = peerUser(fdForSending(connection))
  return uid === undefined || uid === 0 || uid === process.getuid?.()
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = request.url?.replace(/^\/v1\//, '').replace(/\?.*$/, '') ?? ''
  try {
    if (request.method === 'GET' && name === '/metrics') {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(options.metrics())
      return
    }
    if (request.method === 'POST' && name === 'pcap') {
      await answerCapture(options.capture, request, response)
      return
    }
    const call = calls.find((known) => known === name)
    if (call === undefined || request.method !== 'POST') {
      throw new DesktopError('supervisor/bad-request', `unknown call ${request.method} ${request.url}`)
    }
    const args = await body(request)
    checkArguments(call, args)
    const result = await invoke(options.calls, call, args)
    reply(response, 200, JSON.stringify(result) ?? '')
  } catch (error) {
    fail(options, name, response, error)
  }
}

/** Responds with the error; a response already in progress is cut short instead. */
function fail(options: ServerOptions, name: string, response: ServerResponse, error: unknown): void {
  try {
    const failure = failureOf(error)
    if (failure.code === 'internal/bug') options.onError(name, error)
    if (response.headersSent) response.destroy()
    else reply(response, badRequests.has(failure.code) ? 400 : 500, JSON.stringify(failure))
  } catch (second) {
    options.onError(name, second)
    response.destroy()
  }
}

const badRequests: ReadonlySet<string> = new Set(['supervisor/bad-request', 'net/capture-filter'])

/** Content-Length distinguishes a complete reply from a truncated one. */
function reply(response: ServerResponse, status: number, text: string): void {
  // Remove the headers of the intended response, such as `Trailer`.
  for (const header of response.getHeaderNames()) response.removeHeader(header)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

function invoke(served: Calls, call: Call, args: readonly unknown[]): Promise<unknown> {
  const method = served[call] as (...args: readonly unknown[]) => Promise<unknown>
  return method.apply(served, [...args])
}

async function body(request: IncomingMessage): Promise<readonly unknown[]> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) throw new Error('it is too large')
      chunks.push(chunk)
    }
  } catch (error) {
    throw new DesktopError('supervisor/bad-request', `the request cannot be read: ${messageOf(error)}`)
  }
  let args: unknown
  try {
    args = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new DesktopError('supervisor/bad-request', `the request is not JSON: ${messageOf(error)}`)
  }
  if (!Array.isArray(args)) throw new DesktopError('supervisor/bad-request', 'arguments must be an array')
  return args
}

function failureOf(thrown: unknown): Failure {
  const error = explained(thrown)
  if (!(error instanceof DesktopError)) return { code: 'internal/bug', message: messageOf(error) }
  const { code, message, hint } = error
  return hint === undefined ? { code, message } : { code, message, hint }
}

async function upgrade(options: ServerOptions, request: IncomingMessage, socket: Duplex): Promise<void> {
  socket.on('error', () => {})
  const [name = '', query = ''] = request.url?.replace(/^\/v1\//, '').split('?', 2) ?? []
  try {
    const open = Object.hasOwn(options.streams, name) ? options.streams[name] : undefined
    if (open === undefined) throw new DesktopError('supervisor/bad-request', `unknown stream ${request.url}`)
    const take = await open(new URLSearchParams(query))
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: desktop-stream\r\n\r\n')
    take(socket)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'internal/bug') options.onError(name, error)
    // Nothing reads this socket, so its end would go unnoticed.
    socket.end(`HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n${JSON.stringify(failure)}`, () =>
      socket.destroy(),
    )
  }
}
