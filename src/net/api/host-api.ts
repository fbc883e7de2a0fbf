/** Adapter: the API on listening sockets, and its two paths that turn a connection into a stream. */
import type { Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiConnection } from './connection.ts'
import type { ApiForwarder } from './forwarder.ts'
import { apiServer } from './http.ts'
import { RequestStream } from './request-stream.ts'
import { answerApi } from './routes.ts'

/** Deadline of a head, and of a body. */
const patienceMs = 10_000

export class HostApi implements AsyncDisposable {
  readonly #forwarder: ApiForwarder
  readonly #timeoutMs: number
  readonly #http: HttpServer
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor(forwarder: ApiForwarder, { timeoutMs = patienceMs }: { timeoutMs?: number } = {}) {
    this.#forwarder = forwarder
    this.#timeoutMs = timeoutMs
    this.#http = apiServer((request) => answerApi(forwarder, request), timeoutMs)
    this.#http.prependListener('request', ({ socket }: { socket: Duplex }, response) => {
      if (socket instanceof RequestStream) socket.answeredBy(response)
    })
  }

  /** Listens on a unix socket or a loopback address. Rejects with the system's error. */
  listen(at: { path: string } | { host: string; port: number }): Promise<void> {
    // The client of a tunnel may half-close first.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
    this.#servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(at, () => {
        server.off('error', reject)
        // A failed accept (no file descriptors) is not fatal.
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
    const streamOf = this.#streamOf.bind(this)
    new ApiConnection(socket, { http: this.#http, timeoutMs: this.#timeoutMs, streamOf })
  }

  #streamOf(head: string): ((socket: Socket) => void) | undefined {
    const url = URL.parse(head.split(' ', 2)[1] ?? '', 'http://api')
    if (url?.pathname !== '/connect' && url?.pathname !== '/tunnel') return undefined
    if (isFromBrowser(head)) return (socket) => refuse(socket, 403, 'not for web pages')
    if (url.pathname === '/tunnel') return (socket) => void this.#tunnel(socket, url.searchParams)
    return (socket) => {
      this.#forwarder.attach(socket)
      process.nextTick(() => socket.resume())
    }
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
      // The client expects OK before the other side is connected.
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
}

/** A web page in the user's browser can post to loopback; only browsers send an Origin. */
function isFromBrowser(head: string): boolean {
  return /^origin:/im.test(head)
}

function refuse(socket: Socket, status: number, message: string): void {
  const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n`
  socket.end(`${head}${message}\n`)
}
