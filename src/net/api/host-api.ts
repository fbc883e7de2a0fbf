/**
 * Adapter: the API on a listening socket. `/connect` and `/tunnel` leave HTTP after the request's head, without
 * a response that an HTTP server could write, and the client may send its stream right behind; so the head is
 * read here first, and everything else is handed to Node's HTTP server.
 */
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf } from '../../errors.ts'
import type { ApiForwarder } from './forwarder.ts'
import { ApiError } from './ports.ts'
import { answerApi } from './routes.ts'

const maxHeadBytes = 16_384
const maxBodyBytes = 1024 * 1024
const headTimeoutMs = 10_000
const endOfHead = '\r\n\r\n'

export class HostApi implements AsyncDisposable {
  readonly #forwarder: ApiForwarder
  readonly #http: HttpServer
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor(forwarder: ApiForwarder) {
    this.#forwarder = forwarder
    this.#http = createHttpServer((request, response) => {
      void this.#answer(request).then(({ status, contentType, body }) => {
        const length = Buffer.byteLength(body)
        response.writeHead(status, {
          'content-type': contentType,
          'content-length': length,
          'x-content-type-options': 'nosniff',
        })
        response.end(body)
      })
    })
  }

  /** Where to listen: a unix socket's path, or a loopback address. Rejects with the system's error. */
  listen(at: { path: string } | { host: string; port: number }): Promise<void> {
    // A tunnel's client may end its own half first.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, () => {
        server.off('error', reject)
        // A failed accept (no descriptors) ends nothing.
        server.on('error', () => {})
        resolve()
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    )
    await Promise.all(closed)
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(headTimeoutMs, () => socket.destroy())
    let head = Buffer.alloc(0)
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(endOfHead)
      if (end < 0) {
        if (head.length > maxHeadBytes) socket.destroy()
        return
      }
      socket.off('data', read)
      socket.off('end', hangUp)
      socket.pause()
      socket.setTimeout(0)
      this.#route(socket, head, end + endOfHead.length)
    }
    socket.on('data', read)
    const hangUp = () => socket.destroy()
    socket.once('end', hangUp)
  }

  /** `bytes` is the request's head, `headBytes` long, and what came behind it. */
  #route(socket: Socket, bytes: Buffer, headBytes: number): void {
    const head = bytes.toString('latin1', 0, headBytes)
    const url = URL.parse(head.split(' ', 2)[1] ?? '', 'http://api')
    const isStream = url?.pathname === '/connect' || url?.pathname === '/tunnel'
    if (url === null || !isStream) {
      socket.unshift(bytes)
      this.#http.emit('connection', socket)
      process.nextTick(() => socket.resume())
      return
    }
    if (bytes.length > headBytes) socket.unshift(bytes.subarray(headBytes))
    if (isFromBrowser(head)) refuse(socket, 403, 'not for web pages')
    else if (url.pathname === '/connect') {
      this.#forwarder.attach(socket)
      process.nextTick(() => socket.resume())
    } else void this.#tunnel(socket, url.searchParams)
  }

  async #tunnel(socket: Socket, query: URLSearchParams): Promise<void> {
    const ip = query.get('ip') ?? ''
    const port = Number(query.get('port') || Number.NaN)
    if (ip === '') return refuse(socket, 500, 'ip is mandatory')
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return refuse(socket, 500, 'port is not a number')
    const problem = this.#forwarder.problemOf({ address: ip, port })
    if (problem !== undefined) return refuse(socket, 400, problem)
    try {
      // The client counts on OK before anything is known of the other side.
      socket.write('OK')
      const far = await this.#forwarder.dial(ip, port)
      far.on('error', () => socket.destroy())
      far.on('close', () => socket.destroySoon())
      socket.on('close', () => far.destroy())
      socket.pipe(far).pipe(socket)
    } catch {
      socket.destroy()
    }
  }

  async #answer(request: IncomingMessage): ReturnType<typeof answerApi> {
    try {
      if (request.headers.origin !== undefined) throw new ApiError(403, 'not for web pages')
      const body = await readBody(request)
      return await answerApi(this.#forwarder, { method: request.method ?? '', path: pathOf(request), body })
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 400
      return { status, contentType: 'text/plain; charset=utf-8', body: `${messageOf(error)}\n` }
    }
  }
}

/** Both forms of a request's target (RFC 9112 section 3.2). */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.startsWith('/') ? url.split('?', 1)[0]! : (URL.parse(url)?.pathname ?? '')
}

/** What is too large is told at once; the rest of it is read and forgotten, so that the client comes to see that. */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const judge = (): boolean => {
      if (bytes <= maxBodyBytes) return true
      chunks.length = 0
      reject(new ApiError(413, 'the body is too large'))
      return false
    }
    bytes = Number(request.headers['content-length'] ?? 0)
    if (judge()) bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (judge()) chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}

/** A page in the user's browser can post to loopback; nothing else sends an Origin. */
function isFromBrowser(head: string): boolean {
  return /^origin:/im.test(head)
}

function refuse(socket: Socket, status: number, message: string): void {
  const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n`
  socket.end(`${head}${message}\n`)
}
